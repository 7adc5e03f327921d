export interface Series {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

export interface Alert {
  readonly labels: Readonly<Record<string, string>>;
  readonly state: 'pending' | 'firing';
  readonly annotations: Readonly<Record<string, string>>;
}

export class PrometheusServer {
  static start(options: {
    readonly program: string;
    readonly targets: Readonly<Record<string, readonly string[]>>;
    readonly rules: readonly string[];
    readonly everyMs: number;
  }): Promise<PrometheusServer>;
  readonly url: string;
  query(expr: string): Promise<Series[]>;
  alerts(): Promise<Alert[]>;
  brokenRules(): Promise<string[]>;
  retarget(targets: Readonly<Record<string, readonly string[]>>): void;
  stop(): Promise<void>;
}
