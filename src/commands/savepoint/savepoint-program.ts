import type { Command } from 'commander';
import { loadConfig } from '../../config/config';
import type { CommandIo } from '../command-io';
import type { LoadOptions, SaveOptions } from '../savepoint.command';

/** `millrace savepoint save` and `load`. */
export function addSavepoints(root: Command, io: CommandIo, setExitCode: (code: number) => void): void {
  const savepoint = root.command('savepoint').description('back the state of a pipeline up, or bring it back');
  savepoint
    .command('save')
    .description('write the whole state of a pipeline to a file; it may run meanwhile')
    .argument('<name>', 'pipeline, in the folder of MILLRACE_PIPELINES')
    .requiredOption('--to <file>', 'that is not there yet; gzip of JSON lines')
    .action(async (name: string, options: SaveOptions) => {
      const { saveSavepoint } = await import('../savepoint.command.js');
      setExitCode(await saveSavepoint(name, options, loadConfig(), io));
    });
  savepoint
    .command('load')
    .description('put a savepoint in force for a stopped pipeline, in this Redis or another')
    .argument('<name>', 'pipeline, in the folder of MILLRACE_PIPELINES')
    .requiredOption('--from <file>', 'that save has written')
    .option('--replace', 'also if there is state, which is lost then')
    .option('--new-generation', 'also if a later generation has begun, which has written no rows that matter')
    .action(async (name: string, options: LoadOptions) => {
      const { loadSavepoint } = await import('../savepoint.command.js');
      setExitCode(await loadSavepoint(name, options, loadConfig(), io));
    });
}
