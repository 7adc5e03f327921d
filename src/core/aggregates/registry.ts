import { ConfigError } from '../errors';
import { type AggregateDefinition, signatureOf } from './aggregate-definition';

const NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;

/** The aggregates that definitions can call, by name and number of arguments. */
export class AggregateRegistry {
  private readonly byName = new Map<string, AggregateDefinition[]>();

  /** Throws ConfigError when a name cannot be called, or two definitions could be meant by one call. */
  constructor(definitions: readonly AggregateDefinition[]) {
    for (const definition of definitions) this.add(definition);
  }

  get names(): readonly string[] {
    return [...this.byName.keys()];
  }

  /** All of the name, with fewer arguments first; none if the name is unknown. */
  named(name: string): readonly AggregateDefinition[] {
    return this.byName.get(name) ?? [];
  }

  private add(definition: AggregateDefinition): void {
    const { name, parameters } = definition;
    const signature = signatureOf(definition);
    if (!NAME.test(name)) {
      throw new ConfigError(
        `aggregate ${signature}: a name is made of letters, digits and _, and starts with no digit`,
      );
    }
    const same = this.byName.get(name) ?? [];
    const other = same.find((known) => known.parameters.length === parameters.length);
    if (other)
      throw new ConfigError(`aggregate ${signature}: there is ${signatureOf(other)} already; choose another name`);
    same.push(definition);
    this.byName.set(
      name,
      same.sort((left, right) => left.parameters.length - right.parameters.length),
    );
  }
}
