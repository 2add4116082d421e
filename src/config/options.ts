import { limitsTable } from '../limits/limits.ts';

/** An option of the command line, and the environment variable that says the same. */
export interface Option {
  /** Without the two dashes. */
  readonly name: string;
  /** Read when the option is not given; null for what only makes sense on a command line. */
  readonly env: string | null;
  /** Placeholder of the value; null for a switch. */
  readonly value: string | null;
  /** Several times on the command line, separated by commas in the environment. */
  readonly repeatable: boolean;
  /** In words; null when there is none. */
  readonly default: string | null;
  readonly meaning: string;
}

/** Every option there is: the parser, the help text and the check of the README read this one table. */
export const optionsTable = [
  {
    name: 'engine',
    env: 'IMAGEGRAPH_ENGINE',
    value: '[NAME=]URL',
    repeatable: true,
    default:
      'DOCKER_HOST, then the current Docker context, then every socket of Docker and Podman that exists; the bundled sample images when there is none of these',
    meaning:
      'An engine: unix:///path, tcp://host:port, https://host:port (?certs=DIR with ca.pem, cert.pem and key.pem), ssh://user@host, npipe:////./pipe/name, oci:DIR (an OCI image layout), archive:FILE (a docker save or OCI tar), context:NAME (a Docker context) or sample. Without NAME it is called after its host, file or context.',
  },
  {
    name: 'host',
    env: 'IMAGEGRAPH_HOST',
    value: 'ADDRESS',
    repeatable: false,
    default: '127.0.0.1',
    meaning:
      'Where to listen, or unix:///path of a socket file for its owner alone. Anything beyond this machine needs --token-file or --tls-client-ca.',
  },
  {
    name: 'port',
    env: 'IMAGEGRAPH_PORT',
    value: 'NUMBER',
    repeatable: false,
    default: '4000',
    meaning: 'The port to listen on; 0 takes a free one.',
  },
  {
    name: 'token-file',
    env: 'IMAGEGRAPH_TOKEN_FILE',
    value: 'FILE',
    repeatable: false,
    default: null,
    meaning:
      'Holds the bearer token that requests must carry, 32 characters or more. Read again on SIGHUP.',
  },
  {
    name: 'index',
    env: 'IMAGEGRAPH_INDEX',
    value: 'live|off',
    repeatable: false,
    default: 'live',
    meaning:
      "live answers from an index in memory that follows the engine's events; off asks the engine for each operation.",
  },
  {
    name: 'allow-host',
    env: 'IMAGEGRAPH_ALLOW_HOST',
    value: 'HOST[:PORT]',
    repeatable: true,
    default: null,
    meaning:
      'A further value of the Host header, exactly as clients send it: a service name, a mapped port, or the name of a reverse proxy.',
  },
  {
    name: 'allow-origin',
    env: 'IMAGEGRAPH_ALLOW_ORIGIN',
    value: 'ORIGIN',
    repeatable: true,
    default: null,
    meaning: 'A further origin whose pages may ask, exactly, e.g. https://example.com.',
  },
  {
    name: 'tls-cert',
    env: 'IMAGEGRAPH_TLS_CERT',
    value: 'FILE',
    repeatable: false,
    default: null,
    meaning: 'Serves TLS with this PEM certificate chain; needs --tls-key. Read again on SIGHUP.',
  },
  {
    name: 'tls-key',
    env: 'IMAGEGRAPH_TLS_KEY',
    value: 'FILE',
    repeatable: false,
    default: null,
    meaning: 'The PEM key of --tls-cert, without a passphrase.',
  },
  {
    name: 'tls-client-ca',
    env: 'IMAGEGRAPH_TLS_CLIENT_CA',
    value: 'FILE',
    repeatable: false,
    default: null,
    meaning: 'Demands client certificates that these PEM certificates have signed.',
  },
  {
    name: 'graphiql',
    env: 'IMAGEGRAPH_GRAPHIQL',
    value: 'on|off',
    repeatable: false,
    default: 'on for loopback, off beyond',
    meaning: 'Shows GraphiQL to browsers.',
  },
  {
    name: 'response-cache',
    env: 'IMAGEGRAPH_RESPONSE_CACHE',
    value: 'MB',
    repeatable: false,
    default: '32',
    meaning:
      'Megabytes of answers to keep for as long as nothing changes on any engine, 0 to 1024; 0 keeps none.',
  },
  {
    name: 'slow-operation',
    env: 'IMAGEGRAPH_SLOW_OPERATION',
    value: 'MS',
    repeatable: false,
    default: '1000',
    meaning:
      'Logs operations that take so many milliseconds or more, up to 20000, without what was asked; 0 logs none.',
  },
  {
    name: 'limit',
    env: 'IMAGEGRAPH_LIMIT',
    value: 'NAME=NUMBER',
    repeatable: true,
    default: 'as docs/limits.md says',
    meaning: `How much may be asked for at once: ${limitsTable.map(({ name }) => name).join(', ')}.`,
  },
  {
    name: 'trusted-documents',
    env: 'IMAGEGRAPH_TRUSTED_DOCUMENTS',
    value: 'FILE',
    repeatable: false,
    default: null,
    meaning:
      'Runs the operations of this manifest and no others: JSON, as GraphQL Code Generator, Relay and Apollo write it.',
  },
  {
    name: 'federation',
    env: 'IMAGEGRAPH_FEDERATION',
    value: null,
    repeatable: false,
    default: 'off',
    meaning: 'Serves a Federation 2 subgraph: _service and _entities too.',
  },
  {
    name: 'registry',
    env: 'IMAGEGRAPH_REGISTRY',
    value: 'HOST[:PORT]',
    repeatable: true,
    default: 'none',
    meaning: 'A registry that may be asked, e.g. docker.io.',
  },
  {
    name: 'reveal-secrets',
    env: 'IMAGEGRAPH_REVEAL_SECRETS',
    value: null,
    repeatable: false,
    default: 'off',
    meaning: 'Shows values that look like secrets instead of hiding them.',
  },
  {
    name: 'insecure-engine',
    env: 'IMAGEGRAPH_INSECURE_ENGINE',
    value: null,
    repeatable: false,
    default: 'off',
    meaning:
      'Permits plain tcp to an engine beyond loopback, e.g. a socket proxy next to this server.',
  },
  {
    name: 'variables',
    env: null,
    value: 'JSON',
    repeatable: false,
    default: null,
    meaning: 'With query: the variables of the question, as a JSON object.',
  },
  {
    name: 'table',
    env: null,
    value: null,
    repeatable: false,
    default: null,
    meaning: 'With query: prints the first list of the answer as a table instead of JSON.',
  },
  {
    name: 'print-schema',
    env: null,
    value: null,
    repeatable: false,
    default: null,
    meaning: 'Prints the schema in SDL and ends; with --federation, that of the subgraph.',
  },
  {
    name: 'help',
    env: null,
    value: null,
    repeatable: false,
    default: null,
    meaning: 'Prints this and ends; -h does, too.',
  },
  {
    name: 'version',
    env: null,
    value: null,
    repeatable: false,
    default: null,
    meaning: 'Prints the version and ends.',
  },
] as const satisfies readonly Option[];

/** The name of an option, without its dashes. */
export type OptionName = (typeof optionsTable)[number]['name'];
