import type { Plugin } from 'graphql-yoga';
import { expect, it } from 'vitest';
import type { Context } from '../../src/context.ts';
import { createIndexGateway } from '../support/gateway.ts';
import { createFixedIndex } from '../support/fixed-index.ts';

it('a document is parsed and validated once, whatever its variables', async () => {
  const counts = { parse: 0, validate: 0 };
  const counting: Plugin<Context> = {
    onParse({ parseFn, setParseFn }) {
      setParseFn((source, options) => {
        counts.parse++;
        return parseFn(source, options) as object;
      });
    },
    onValidate({ validateFn, setValidationFn }) {
      setValidationFn((...given) => {
        counts.validate++;
        return validateFn(...given);
      });
    },
  };
  const gateway = createIndexGateway([createFixedIndex('e')], { plugins: [counting] });
  const query = 'query($name: String) { engine(name: $name) { name } }';
  for (const name of ['e', 'f', 'e']) {
    const { data } = await gateway.ask(query, { name });
    expect(data).toEqual({ engine: name === 'e' ? { name } : null });
  }
  expect(counts).toEqual({ parse: 1, validate: 1 });
  for (let time = 0; time < 3; time++) await gateway.ask('{ no }');
  expect(counts).toEqual({ parse: 2, validate: 2 });
});
