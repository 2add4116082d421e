import type { GatewayOptions } from '../../src/gateway.ts';
import { startHttpGateway } from '../support/http-gateway.ts';
import { containerdStore } from '../support/stand-in-engine.ts';

/** What came of a request. */
export interface Sent {
  readonly status: number;
  readonly text: string;
  readonly data: any;
  readonly errors: readonly { message: string; path?: unknown; extensions: { code: string } }[];
  /** Of this process, client and engine included. */
  readonly cpuMs: number;
}

/** A gateway by HTTP over an engine that counts its calls. */
export interface Served {
  readonly url: string;
  readonly calls: string[];
  readonly hidden: unknown[];
  send(body: string, accept?: string): Promise<Sent>;
  close(): Promise<void>;
}

export const GRAPHQL = 'application/graphql-response+json';
export const JSON_TYPE = 'application/json';

export async function serve(options: Partial<GatewayOptions> = {}, images = 3): Promise<Served> {
  const gateway = await startHttpGateway({ content: containerdStore(images), gateway: options });
  return { ...gateway, send: (body, accept = JSON_TYPE) => send(gateway.url, body, accept) };
}

async function send(url: string, body: string, accept: string): Promise<Sent> {
  const before = process.cpuUsage();
  const headers = { 'content-type': 'application/json', accept };
  const response = await fetch(url, { method: 'POST', headers, body });
  const text = await response.text();
  const { user, system } = process.cpuUsage(before);
  const { data, errors = [] } = JSON.parse(text) as Partial<Sent>;
  return { status: response.status, text, data, errors, cpuMs: (user + system) / 1_000 };
}
