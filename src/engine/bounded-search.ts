import { HIDDEN } from './command-secrets.ts';
import type { KeyValue } from './image-row.ts';
import { hideSecrets, isSecretName, isSecretValue, MAX_SEARCHED } from './secret-forms.ts';

/** Whether the value of an entry has to be withheld. */
export type IsSecret = (entry: KeyValue) => boolean;

/**
 * For the entries of one thing: what whoever makes images can have searched for each of them is bounded, however many
 * labels they have, and what is not searched is withheld.
 */
export function createSearch(): IsSecret {
  const mayRead = createBudget();
  return ({ key, value }) => {
    if (value === null || value === '') return false;
    return !mayRead(key.length + value.length) || isSecretName(key) || isSecretValue(value);
  };
}

/** A text without what looks like a secret in it. */
export type Hide = <Text extends string | null>(text: Text) => Text | string;

/** For the texts of one thing, as createSearch for its entries. */
export function createHiding(): Hide {
  const mayRead = createBudget();
  return (text) => {
    if (text === null || text === '') return text;
    return mayRead(text.length) ? hideSecrets(text) : HIDDEN;
  };
}

/** @returns whether so many more characters may be searched */
function createBudget(): (characters: number) => boolean {
  let left = MAX_SEARCHED;
  return (characters) => {
    left -= characters;
    return left >= 0;
  };
}
