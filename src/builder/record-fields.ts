/** A value that is there. */
export type Present<Value> = Exclude<Value, null | undefined>;

export type FieldName<Fields> = keyof Fields & string;

/** Names of the fields whose values, where they are there, are of a kind. */
export type FieldOf<Fields, Kind> = {
  [Name in FieldName<Fields>]-?: [Present<Fields[Name]>] extends [never]
    ? never
    : [Present<Fields[Name]>] extends [Kind]
      ? Name
      : never;
}[FieldName<Fields>];

/** Fields that can identify a row. */
export type KeyField<Fields> = FieldOf<Fields, string | number | boolean>;

/** Fields that can hold an event time: ISO 8601 text, epoch seconds or milliseconds. */
export type TimeField<Fields> = FieldOf<Fields, string | number>;

/** A record as functions see it: what is missing may have become null, because an expression names it. */
export type Seen<Fields> = {
  readonly [Name in keyof Fields]: undefined extends Fields[Name] ? Fields[Name] | null : Fields[Name];
};

/** The fields of one record, and over them those of another. */
export type Merged<Fields, Over> = {
  [Name in keyof Fields | keyof Over]: Name extends keyof Over
    ? Over[Name]
    : Name extends keyof Fields
      ? Fields[Name]
      : never;
};
