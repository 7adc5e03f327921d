import { Controller, HttpCode, Inject, Param, Post } from '@nestjs/common';
import { ApiAcceptedResponse, ApiConflictResponse, ApiNotFoundResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { PORTS, type Ports } from '../runtime/ports';
import { Catalogue } from './catalogue';
import { PROBLEM_SCHEMA, RESUME_SCHEMA } from './schemas';

@ApiTags('pipelines')
@Controller('v1')
export class ResumeController {
  constructor(
    private readonly catalogue: Catalogue,
    @Inject(PORTS) private readonly ports: Ports,
  ) {}

  @Post('pipelines/:name\\:resume')
  @HttpCode(202)
  @ApiOperation({
    summary: 'Lets a pipeline go on that was paused because its error budget was spent',
    description:
      'Every process that has paused it sees the request within about a second and begins to count anew. ' +
      'Does nothing to a pipeline that runs, or that waits for a server.',
  })
  @ApiAcceptedResponse({ schema: RESUME_SCHEMA })
  @ApiNotFoundResponse({ schema: PROBLEM_SCHEMA })
  @ApiConflictResponse({ schema: PROBLEM_SCHEMA, description: 'The definition was refused' })
  async resume(@Param('name') name: string): Promise<{ pipeline: string }> {
    const pipeline = this.catalogue.runnable(name);
    await this.ports.ledger.requestResume(pipeline.name);
    return { pipeline: pipeline.name };
  }
}
