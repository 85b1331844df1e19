import { parentPort, workerData } from 'node:worker_threads';
import { type MonthTask, runMonth } from './run.ts';

parentPort?.postMessage(await runMonth(workerData as MonthTask));
