/** Of Zod's languages for messages the one that it speaks by itself. */
export { en } from 'zod/locales';
