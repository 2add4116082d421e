import { isTurnOver } from '../../src/turns.ts';

/** Works until this turn is over, so that whoever asks next has to wait. */
export function useUpTurn(): void {
  while (!isTurnOver());
}
