import { writeFileSync } from 'node:fs';
import { COMPONENT, rulesComponent } from './rules-component.mjs';

writeFileSync(COMPONENT, rulesComponent());
