/**
 * A POST of a query as it goes over a connection, for who holds the connection himself.
 * @param url of the gateway @param lines further headers, each with its end
 */
export function postOf(url: string, query: string, lines = ''): string {
  const { host } = new URL(url);
  const body = JSON.stringify({ query });
  const head = `POST /graphql HTTP/1.1\r\nHost: ${host}\r\nContent-Type: application/json\r\n${lines}`;
  return `${head}Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
}
