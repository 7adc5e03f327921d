interface Moments {
  readonly startedMs?: number;
  readonly healthyMs?: number;
}
interface Service {
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
}

export function lifeOfServices(events: string): Record<string, Moments>;
export function startedTooEarly(
  services: Readonly<Record<string, Service>>,
  life: Readonly<Record<string, Moments>>,
): string[];
