import { Inject, Injectable } from '@nestjs/common';
import type { Gauge } from 'prom-client';
import { shuffleName } from '../core/repartition/names';
import type { PipelineStatus, TaskState, TaskStatus } from '../runtime/pipeline-status';
import { type Pipelines, PIPELINES } from '../runtime/pipelines';
import { type Ports, PORTS } from '../runtime/ports';
import type { Label } from './labels';
import type { AcrossProcesses, Meters } from './meters';
import { PrometheusObserver } from './prometheus-observer';

const TASK_STATES: readonly TaskState[] = ['claiming', 'running', 'paused', 'failed'];

/** Gauges of the tasks that this process owns, read from their status when somebody asks. */
@Injectable()
export class StatusGauges {
  private readonly gauges: ReturnType<typeof statusGauges>;

  constructor(
    private readonly observer: PrometheusObserver,
    @Inject(PIPELINES) private readonly pipelines: Pipelines,
    @Inject(PORTS) private readonly ports: Ports,
  ) {
    this.gauges = statusGauges(observer.meters);
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

  private set({ name, tasks, partitions, closedRows, repartition }: PipelineStatus): void {
    this.setTasks(name, tasks);
    // Present in processes that compute the pipeline; the others know the partitions of another topic.
    if (closedRows) this.gauges.partitions.set({ pipeline: name }, partitions);
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
    this.gauges.stateBound.set(
      { pipeline },
      sum(tasks, ({ stateBoundBytes }) => stateBoundBytes),
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

/** The gauges of {@link StatusGauges}. */
export function statusGauges(meters: Meters) {
  const gauge = (name: string, help: string, across: AcrossProcesses, labels: readonly Label[] = []): Gauge =>
    meters.gauge(name, help, { labels: ['pipeline', ...labels], across });
  return {
    tasks: gauge('millrace_tasks', 'Tasks that this process owns, by state', 'sum', ['state']),
    partitions: gauge(
      'millrace_partitions',
      'Partitions that the pipeline has to own, as each process that computes it sees them; fewer tasks say that nobody reads some',
      'max',
    ),
    watermarkLag: gauge(
      'millrace_watermark_lag_seconds',
      'Now minus the watermark; of a partition that is idle with nothing to close it moves every 10 s',
      'max',
      ['partition'],
    ),
    consumerLag: gauge(
      'millrace_consumer_lag_records',
      'Records of the log not yet processed, as last seen; seen at least every 10 s',
      'max',
      ['partition'],
    ),
    checkpointAge: gauge(
      'millrace_checkpoint_age_seconds',
      'Since the last commit of the task whose commit is oldest; small when there is nothing to commit',
      'max',
    ),
    stateKeys: gauge('millrace_state_keys', 'Entries of state', 'sum'),
    stateBytes: gauge('millrace_state_bytes', 'Bytes of state held in memory', 'sum'),
    stateBound: gauge(
      'millrace_state_bound_bytes',
      'Share of `MILLRACE_STATE_CACHE_BYTES` that the tasks of this process have; beyond it records wait for Redis, or memory grows where all state has to be held',
      'sum',
    ),
    parkedKeys: gauge('millrace_parked_keys', 'Keys that wait for a record that could not be processed', 'sum'),
    parkedRecords: gauge('millrace_parked_records', 'Records that wait because their key is parked', 'sum'),
  };
}

function sum(tasks: readonly TaskStatus[], of: (task: TaskStatus) => number): number {
  return tasks.reduce((total, task) => total + of(task), 0);
}
