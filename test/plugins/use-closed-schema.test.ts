import type { Plugin } from 'graphql-yoga';
import { expect, it } from 'vitest';
import type { Context } from '../../src/context.ts';
import { createFixedIndex } from '../support/fixed-index.ts';
import { createIndexGateway } from '../support/gateway.ts';

const unknown = Array.from({ length: 400 }, (_, at) => `f${at}`).join(' ');

it.each([
  ['on loopback', false],
  ['beyond it', true],
])('%s, validation ends with as many errors as an answer shows', async (_, exposed) => {
  const found: number[] = [];
  const counting: Plugin<Context> = {
    onValidate({ validateFn, setValidationFn }) {
      setValidationFn((...given) => {
        const errors = validateFn(...given);
        found.push(errors.length);
        return errors;
      });
    },
  };
  const options = { exposed, plugins: [counting], limits: { errors: 3 } };
  const gateway = createIndexGateway([createFixedIndex('e')], options);
  const { data, errors } = await gateway.ask(`{ images { nodes { ${unknown} } } }`);
  // And one that says that there are more.
  expect(found).toEqual([4]);
  expect([data, errors]).toMatchObject([
    undefined,
    [0, 1, 2].map((at) => ({
      message: `Cannot query field "f${at}" on type "ImageSummary".`,
      extensions: { code: 'GRAPHQL_VALIDATION_FAILED' },
    })),
  ]);
});
