import { Gauge, type Registry } from 'prom-client';
import { attackLevels } from '../../call/vocabulary.ts';
import type { Health } from './health.ts';

/** What is not calm; called numbers only together, because each would be a time series. @param label of a list, bounded */
export function addLevelMetrics(
  registry: Registry,
  health: () => Health,
  label: (list: string) => string,
): void {
  new Gauge({
    name: 'gatehouse_attack_level',
    help: '0: calm, 1: elevated, 2: attack; of the board, of the called number with the highest level, and of lists of called numbers',
    labelNames: ['of'],
    registers: [registry],
    collect() {
      this.reset();
      const highest = new Map([
        ['board', 0],
        ['called-number', 0],
      ]);
      for (const { of, level } of health().levels.above) {
        const place =
          of === 'board' ? of : of.startsWith('list:') ? `list:${label(of.slice(5))}` : 'called-number';
        highest.set(place, Math.max(highest.get(place) ?? 0, attackLevels.all[level].rank));
      }
      for (const [of, rank] of highest) this.set({ of }, rank);
    },
  });
  new Gauge({
    name: 'gatehouse_call_back_surges',
    help: 'Called numbers that were forged and are called back',
    registers: [registry],
    collect() {
      this.set(health().levels.surges.length);
    },
  });
}
