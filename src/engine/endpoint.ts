/**
 * Where an engine listens. Everything that is needed to connect is in here: nothing below reads the
 * environment, so that an engine which a person named can never be replaced by DOCKER_HOST.
 */
export type Endpoint =
  | { readonly kind: 'socket'; readonly path: string }
  | { readonly kind: 'tcp'; readonly host: string; readonly port: number }
  | ({ readonly kind: 'tls'; readonly host: string; readonly port: number } & TlsMaterial)
  | {
      readonly kind: 'ssh';
      /** host or user@host, as ssh takes it. */
      readonly destination: string;
      readonly port?: number;
      /** The engine's socket on that host; its default when absent. */
      readonly socketPath?: string;
    }
  | { readonly kind: 'layout'; readonly directory: string }
  | { readonly kind: 'archive'; readonly file: string }
  | { readonly kind: 'sample' };

/** PEM texts, read once at start. */
export interface TlsMaterial {
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
  /** As a Docker context's SkipTLSVerify: the server's certificate is not checked. */
  readonly skipVerify?: boolean;
}
