import { Controller, Get, Param, Query } from '@nestjs/common';
import { ApiBadRequestResponse, ApiOkResponse, ApiOperation, ApiQuery, ApiTags } from '@nestjs/swagger';
import { boardParameters } from './board-parameters';
import { COUNTER_SCHEMA, LATEST_SCHEMA, LEADERBOARD_SCHEMA, UNIQUE_SCHEMA } from './board-schemas';
import { BoardsService, type FoundBoard, rowOf } from './boards.service';
import { PROBLEM_SCHEMA } from './schemas';

/** Of Redis's HyperLogLog: `1.04 / sqrt(16,384)`. */
const STANDARD_ERROR = 0.0081;

type Query = Record<string, unknown>;

interface BoardBody {
  readonly pipeline: string;
  readonly key?: string;
}

const KEY = { name: 'key', required: false, description: 'Which board, where the sink has a key' };
const LIMIT = { name: 'limit', required: false, description: '1 to 1000 (default 100)' };
const MEMBER = { name: 'member', required: false, description: 'This one alone' };

/** What `redis` sinks keep: one resource for each view. */
@ApiTags('boards')
@Controller('v1/pipelines/:name')
@ApiQuery(KEY)
@ApiBadRequestResponse({ schema: PROBLEM_SCHEMA })
export class BoardsController {
  constructor(private readonly boards: BoardsService) {}

  @Get('leaderboard')
  @ApiOperation({ summary: 'Members in order of their scores, each with the row that gave it' })
  @ApiQuery(LIMIT)
  @ApiQuery({ name: 'order', required: false, enum: ['highest', 'lowest'], description: 'Who leads' })
  @ApiQuery(MEMBER)
  @ApiOkResponse({ schema: LEADERBOARD_SCHEMA })
  async leaderboard(@Param('name') name: string, @Query() query: Query): Promise<object> {
    const wanted = boardParameters(query, ['key', 'limit', 'order', 'member']);
    const found = this.boards.find(name, 'leaderboard', wanted);
    const { entries, members } = await this.boards.page(found, wanted);
    const ranked = entries.map((entry) => {
      const { rank, member, score } = entry;
      return { rank, member, score, row: rowOf(entry) };
    });
    return { ...bodyOf(found), members, entries: ranked };
  }

  @Get('latest')
  @ApiOperation({ summary: 'The newest rows, the newest first' })
  @ApiQuery(LIMIT)
  @ApiOkResponse({ schema: LATEST_SCHEMA })
  async latest(@Param('name') name: string, @Query() query: Query): Promise<object> {
    const wanted = boardParameters(query, ['key', 'limit']);
    const found = this.boards.find(name, 'latest', wanted);
    const { entries } = await this.boards.page(found, wanted);
    return { ...bodyOf(found), rows: entries.map(rowOf) };
  }

  @Get('unique')
  @ApiOperation({ summary: 'How many different members there were' })
  @ApiOkResponse({ schema: UNIQUE_SCHEMA })
  async unique(@Param('name') name: string, @Query() query: Query): Promise<object> {
    const found = this.boards.find(name, 'unique', boardParameters(query, ['key']));
    return { ...bodyOf(found), count: await this.boards.seen(found), standardError: STANDARD_ERROR };
  }

  @Get('counter')
  @ApiOperation({ summary: 'Counters by name, the greatest first' })
  @ApiQuery(LIMIT)
  @ApiQuery(MEMBER)
  @ApiOkResponse({ schema: COUNTER_SCHEMA })
  async counter(@Param('name') name: string, @Query() query: Query): Promise<object> {
    const wanted = boardParameters(query, ['key', 'limit', 'member']);
    const found = this.boards.find(name, 'counter', wanted);
    const { entries, members } = await this.boards.page(found, wanted);
    return { ...bodyOf(found), members, counters: entries.map(({ member, score }) => ({ member, value: score })) };
  }
}

function bodyOf({ place: { pipeline, key } }: FoundBoard): BoardBody {
  return { pipeline, ...(key !== undefined && { key }) };
}
