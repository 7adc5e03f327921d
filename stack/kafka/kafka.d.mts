export interface KafkaProgram {
  readonly java: string;
  /** Of the broker and its tools, for `-cp`. */
  readonly classpath: string;
}

export const kafka: {
  /** Fetches the jars once; resolves with how to run what is in them. */
  prepare(context: { log: (line: string) => void; signal?: AbortSignal }): Promise<KafkaProgram>;
};
