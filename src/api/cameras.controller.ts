import { Controller, Get, HttpStatus, Inject, Param, Res } from '@nestjs/common';
import { ApiNotFoundResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Response } from 'express';
import { z } from 'zod';
import type { CompiledPipeline } from '../core/pipeline/compiled-pipeline';
import { type Pipelines, PIPELINES } from '../runtime/pipelines';
import { type Ports, PORTS } from '../runtime/ports';
import { ProblemException, problemType } from './problem-details';
import { PROBLEM_SCHEMA } from './schemas';

/** What the key of a `redis: { latest }` sink says when it keeps the newest frame of each camera. */
const KEY = 'camera_id';
/** A JPEG starts with these bytes. Source: ITU-T T.81, annex B. */
const JPEG_START = Buffer.from([0xff, 0xd8, 0xff]);

const rowSchema = z.object({
  values: z.object({
    at: z.union([z.string(), z.number()]),
    frame: z.number().nullish(),
    thumbnail: z.string(),
  }),
});

/** The newest frame of a camera as a picture. */
@ApiTags('cameras')
@Controller('v1/cameras')
export class CamerasController {
  constructor(
    @Inject(PORTS) private readonly ports: Ports,
    @Inject(PIPELINES) private readonly pipelines: Pipelines,
  ) {}

  @Get(':id/latest.jpg')
  @ApiOperation({ summary: 'The newest frame of a camera' })
  @ApiOkResponse({ content: { 'image/jpeg': { schema: { type: 'string', format: 'binary' } } } })
  @ApiNotFoundResponse({ schema: PROBLEM_SCHEMA })
  async latest(@Param('id') id: string, @Res() response: Response): Promise<void> {
    const pipeline = this.pipelines.all().find(keepsNewestFrames);
    if (!pipeline) throw notFound(`No pipeline has the sink "redis: { latest: { key: ${KEY}, at: at, size: 1 } }".`);
    const place = { pipeline: pipeline.name, view: 'latest', key: id } as const;
    const [entry] = (await this.ports.boards.page(place, 'highest', 1)).entries;
    if (!entry) throw notFound(`No frame of camera "${id}" has come, or none for a long time.`);
    const row = rowSchema.safeParse(JSON.parse(entry.text));
    const picture = row.success ? Buffer.from(row.data.values.thumbnail, 'base64') : undefined;
    if (!row.success || !picture?.subarray(0, JPEG_START.length).equals(JPEG_START)) {
      throw notFound(`The thumbnail of the newest frame of camera "${id}" is no JPEG in base64.`);
    }
    response
      .set({
        'Content-Type': 'image/jpeg',
        'Cache-Control': 'no-store',
        'X-Content-Type-Options': 'nosniff',
        'millrace-frame-at': String(row.data.values.at),
        'millrace-frame': String(row.data.values.frame ?? ''),
      })
      .send(picture);
  }
}

function keepsNewestFrames({ sinks }: CompiledPipeline): boolean {
  return sinks.some((sink) => sink.kind === 'redis' && sink.view === 'latest' && sink.key?.text === KEY);
}

function notFound(detail: string): ProblemException {
  return new ProblemException({
    type: problemType('no-frame'),
    title: 'There is no picture of this camera',
    status: HttpStatus.NOT_FOUND,
    detail,
  });
}
