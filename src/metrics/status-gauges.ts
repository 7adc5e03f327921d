import { Inject, Injectable } from '@nestjs/common';
import { Gauge, type Registry } from 'prom-client';
import { shuffleName } from '../core/repartition/names';
import type { PipelineStatus, TaskState, TaskStatus } from '../runtime/pipeline-status';
import { type Pipelines, PIPELINES } from '../runtime/pipelines';
import { type Ports, PORTS } from '../runtime/ports';
import { PrometheusObserver } from './prometheus-observer';

const TASK_STATES: readonly TaskState[] = ['claiming', 'running', 'paused', 'failed'];

/** Gauges of the tasks that this process owns, read from their status when somebody asks. */
@Injectable()
export class StatusGauges {
  private readonly gauges: ReturnType<typeof createGauges>;

  constructor(
    private readonly observer: PrometheusObserver,
    @Inject(PIPELINES) private readonly pipelines: Pipelines,
    @Inject(PORTS) private readonly ports: Ports,
  ) {
    this.gauges = createGauges(observer.registry);
  }

  /** Sets all gauges anew; those of tasks that are gone vanish. */
  collect(): void {
    for (const gauge of Object.values(this.gauges)) gauge.reset();
    for (const { name } of this.pipelines.all()) {
      this.observer.declare(name);
      const status = this.pipelines.status(name);
      if (status) this.set(status);
    }
  }

  private set({ name, tasks, repartition }: PipelineStatus): void {
    this.setTasks(name, tasks);
    if (repartition) this.setTasks(shuffleName(name), repartition.tasks);
  }

  private setTasks(pipeline: string, tasks: readonly TaskStatus[]): void {
    for (const state of TASK_STATES) {
      this.gauges.tasks.set({ pipeline, state }, tasks.filter((task) => task.state === state).length);
    }
    for (const task of tasks) this.setTask(pipeline, task);
    this.gauges.stateKeys.set(
      { pipeline },
      sum(tasks, ({ stateKeys }) => stateKeys),
    );
    this.gauges.stateBytes.set(
      { pipeline },
      sum(tasks, ({ stateBytes }) => stateBytes),
    );
    this.gauges.parkedKeys.set(
      { pipeline },
      sum(tasks, ({ parked }) => parked.keys),
    );
    this.gauges.parkedRecords.set(
      { pipeline },
      sum(tasks, ({ parked }) => parked.records),
    );
    if (tasks.length > 0) {
      this.gauges.checkpointAge.set(
        { pipeline },
        Math.max(...tasks.map(({ checkpointAgeMs }) => checkpointAgeMs)) / 1000,
      );
    }
  }

  private setTask(pipeline: string, { partition, lagRecords, watermarkMs }: TaskStatus): void {
    this.gauges.consumerLag.set({ pipeline, partition }, lagRecords);
    if (watermarkMs === null) return;
    this.gauges.watermarkLag.set({ pipeline, partition }, (this.ports.clock.now() - watermarkMs) / 1000);
  }
}

function createGauges(registry: Registry) {
  const gauge = (name: string, help: string, labels: readonly string[] = []): Gauge =>
    new Gauge({ name, help, labelNames: ['pipeline', ...labels], registers: [registry] });
  return {
    tasks: gauge('millrace_tasks', 'Tasks that this process owns, by state', ['state']),
    watermarkLag: gauge('millrace_watermark_lag_seconds', 'Now minus the watermark', ['partition']),
    consumerLag: gauge('millrace_consumer_lag_records', 'Records of the log not yet processed', ['partition']),
    checkpointAge: gauge('millrace_checkpoint_age_seconds', 'Age of the oldest last commit'),
    stateKeys: gauge('millrace_state_keys', 'Entries of state'),
    stateBytes: gauge('millrace_state_bytes', 'Bytes of state held in memory'),
    parkedKeys: gauge('millrace_parked_keys', 'Keys that wait for a record that could not be processed'),
    parkedRecords: gauge('millrace_parked_records', 'Records that wait because their key is parked'),
  };
}

function sum(tasks: readonly TaskStatus[], of: (task: TaskStatus) => number): number {
  return tasks.reduce((total, task) => total + of(task), 0);
}
