import { Module } from '@nestjs/common';
import { ChaptersController } from './chapters.controller';
import { ChaptersRepository } from './chapters.repository';
import { StudentsController } from './students.controller';
import { StudentsRepository } from './students.repository';

/** System 2, the reading platform, over HTTP. Needs `PORTS`. */
@Module({
  controllers: [ChaptersController, StudentsController],
  providers: [ChaptersRepository, StudentsRepository],
})
export class ReadingModule {}
