export { matchesFilter } from '../screening/call-filter.ts';
