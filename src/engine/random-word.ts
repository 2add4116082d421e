/**
 * Whether a word looks like drawn by lot. Digests and revisions do too and are spared: hexadecimal of the lengths of
 * SHA-1 and its successors.
 */
export function isRandom(word: string): boolean {
  if (/^[0-9a-f]+$/i.test(word))
    return ![40, 56, 64, 96, 128].includes(word.length) && word.length >= 32;
  const count = (pattern: RegExp) => word.match(pattern)?.length ?? 0;
  // Names of packages and files are long too, and made of words and numbers.
  const parts = word.split(/[-_+]/);
  const plain = parts.filter((part) => /^(?:[A-Z]?[a-z]+|[A-Z]+|\d+)$/.test(part));
  if (parts.length >= 4 && plain.length * 2 >= parts.length) return false;
  const isMixed = count(/[a-z]/g) >= 3 && count(/[A-Z]/g) >= 3 && count(/[0-9]/g) >= 3;
  return isMixed && entropy(word) >= 3.7;
}

/** Bits for each character (Shannon). */
function entropy(word: string): number {
  const counts = new Map<string, number>();
  for (const character of word) counts.set(character, (counts.get(character) ?? 0) + 1);
  let bits = 0;
  for (const count of counts.values()) {
    bits -= (count / word.length) * Math.log2(count / word.length);
  }
  return bits;
}
