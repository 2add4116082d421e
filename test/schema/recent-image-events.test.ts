import { afterEach, describe, expect, it } from 'vitest';
import { createImageEventLog } from '../../src/image-index/image-event-log.ts';
import { closeAll, followed, image, NOON, record } from '../support/followed.ts';
import { idOf } from '../support/stand-in-engine.ts';

afterEach(closeAll);

const MINUTE = 60n * 1_000_000_000n;

describe('recentImageEvents', () => {
  const PAGE = `query ($first: Int, $after: String, $since: DateTime, $f: ImageEventFilter) {
    recentImageEvents(first: $first, after: $after, since: $since, filter: $f) {
      edges { cursor node { cursor reference } } nodes { action }
      pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } }`;
  const references = ({ data }: { data: any }) =>
    data.recentImageEvents.edges.map(({ node }: any) => node.reference);

  it('pages through what is remembered, newest first, while more happens', async () => {
    const { gateway, events } = await followed({ e: { images: [] } });
    for (const reference of ['a', 'b', 'c', 'd', 'e']) events.append(record({ reference }));
    const first = await gateway.ask(PAGE, { first: 2 });
    expect(references(first)).toEqual(['e', 'd']);
    const { edges, pageInfo, nodes } = first.data.recentImageEvents;
    expect(nodes).toHaveLength(2);
    expect(edges.map((edge: any) => edge.node.cursor)).toEqual(edges.map((e: any) => e.cursor));
    expect(pageInfo).toEqual({
      hasNextPage: true,
      hasPreviousPage: false,
      startCursor: edges[0].cursor,
      endCursor: edges[1].cursor,
    });
    events.append(record({ reference: 'f' }));
    const second = await gateway.ask(PAGE, { first: 3, after: pageInfo.endCursor });
    expect(references(second)).toEqual(['c', 'b', 'a']);
    expect(second.data.recentImageEvents.pageInfo).toMatchObject({
      hasNextPage: false,
      hasPreviousPage: true,
    });
    const last = second.data.recentImageEvents.pageInfo.endCursor;
    expect(references(await gateway.ask(PAGE, { after: last }))).toEqual([]);
  });

  it('filters as the subscription does, and by time', async () => {
    const { gateway, events } = await followed({ e: { images: [image(1, ['demo/app:1'])] } });
    const times = [-2n, -1n, 0n].map((minutes) => NOON + minutes * MINUTE);
    for (const time of times) {
      events.append(record({ time, reference: `demo/n${(time - NOON) / MINUTE}` }));
    }
    events.append(record({ time: NOON + 1_000_001n, action: 'UNTAG', imageId: idOf(1) }));
    events.append(record({ time: NOON, action: 'RESYNCED' }));
    const told = async (variables: object) => {
      const { data } = await gateway.ask(PAGE, variables);
      return data.recentImageEvents.nodes.map(({ action }: any) => action);
    };
    expect(await told({})).toEqual(['RESYNCED', 'UNTAG', 'TAG', 'TAG', 'TAG']);
    expect(await told({ since: '2026-11-24T11:59:00Z' })).toHaveLength(4);
    expect(await told({ since: '2026-11-24T12:00:00.001Z' })).toEqual(['UNTAG']);
    expect(await told({ f: { reference: ['demo/app'] } })).toEqual(['RESYNCED', 'UNTAG']);
    expect(await told({ f: { actions: [] } })).toEqual(['RESYNCED']);
  });

  it('goes on where another run of the gateway stopped with nothing', async () => {
    const other = createImageEventLog();
    other.append(record());
    const { gateway, events } = await followed({ e: { images: [] } });
    events.append(record());
    const after = other.cursorOf(other.recent()[0] as never);
    expect(references(await gateway.ask(PAGE, { after }))).toEqual([]);
  });

  it.each([
    [{ first: 0 }, 'PAGE_SIZE_OUT_OF_RANGE'],
    [{ first: 1_001 }, 'PAGE_SIZE_OUT_OF_RANGE'],
    [{ after: 'x' }, 'BAD_USER_INPUT'],
    [{ since: 'yesterday' }, 'BAD_USER_INPUT'],
  ])('refuses %j', async (variables, code) => {
    const { gateway } = await followed({ e: { images: [] } });
    const { errors } = await gateway.ask(PAGE, variables);
    expect(errors?.[0]?.extensions['code']).toBe(code);
  });
});
