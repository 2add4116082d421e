import { describe, expect, it } from 'vitest';
import { hideSecrets, isSecretName, isSecretValue } from '../../src/engine/secret-forms.ts';

describe('a name', () => {
  it.each([
    'PASSWORD',
    'db_pass',
    'DB_PASSWD',
    'MYSQL_PWD',
    'mysecret',
    'CLIENT_SECRET_V2',
    'githubToken',
    'NPM_TOKENS',
    'API_KEY',
    'apikey',
    'X-Api-Key',
    'HTTP_AUTH',
    'oauth',
    'Authorization',
    'AWS_CREDENTIALS',
    'private_key',
    'PRIVATEKEY_PEM',
    'AWS_ACCESS_KEY_ID',
    'session',
    'SESSION_ID',
    'COOKIE',
    'SENTRY_DSN',
    'ConnectionString',
    'com.example.db-password',
    'TOKEN1',
    'GH_PAT',
    'APP_KEY',
    'PW',
  ])('is that of a secret: %s', (name) => {
    expect(isSecretName(name)).toBe(true);
  });

  it.each([
    'PATH',
    'org.opencontainers.image.authors',
    'org.opencontainers.image.revision',
    'KEYBOARD',
    'GPG_KEY',
    'APP_HOME',
    'maintainer',
    'PYTHON_SHA256',
    'TOKENIZERS_PARALLELISM',
    'PASSENGER_COUNT',
    'PWD',
    'OLDPWD',
    'COMPASS_VERSION',
    'SSH_AUTH_SOCK',
    'DBUS_SESSION_BUS_ADDRESS',
    'MYSQL_ROOT_PASSWORD_FILE',
    'MAX_TOKENS',
    '__proto__',
    '',
  ])('is that of no secret: %s', (name) => {
    expect(isSecretName(name)).toBe(false);
  });
});

const RANDOM = 'f7Kq9ZtX2mWc4RvB8nYd6LpS';

describe('a value', () => {
  it.each([
    'postgres://app:hunter2@db:5432/app',
    'Server=x;User Id=z;Password=hunter2',
    'https://x-token@github.com/a/b',
    'Bearer abcdef123456',
    'Basic dXNlcjpwYXNz',
    '-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY-----',
    '-----BEGIN PRIVATE KEY-----\\nMIIE',
    `ghp_${'a1B2'.repeat(9)}`,
    'AKIAIOSFODNN7EXAMPLE',
    'glpat-abcdefghijklmnopqrst',
    'xoxb-1234567890-abcdef',
    'sk_live_0123456789abcdef',
    'hvs.CAESIJabcdefghijklmnop',
    'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.abcdefghijk',
    RANDOM,
    `prefix=${RANDOM};suffix`,
    '0123456789abcdef0123456789abcdef',
  ])('looks like a secret: %s', (value) => {
    expect(isSecretValue(value)).toBe(true);
  });

  it.each([
    '',
    '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
    'A035C8C19219BA821ECEA86B64E628F8D684696D',
    `sha256:${'0a'.repeat(32)}`,
    '0123456789abcdef0123456789abcdef01234567',
    '2024-01-02T03:04:05Z',
    'https://example.com/a/b?c=d#e',
    'git@github.com:owner/repository.git',
    'Team <team@example.com>',
    'linux-headers-6.1.0-18-amd64-unsigned-Debian',
    'An image with every well known label',
    '3f2504e0-4f89-11d3-9a0c-0305e82c3301',
    'C.UTF-8',
    'A basic webserver',
    'ssh://git@github.com/owner/repository',
    'OpenJDK17U-jdk_x64_linux_hotspot_17',
    'com.docker.compose.project.config_files',
  ])('looks like no secret: %s', (value) => {
    expect(isSecretValue(value)).toBe(false);
  });
});

describe('a text', () => {
  it.each([
    ['RUN |1 TOKEN=abc /bin/sh -c make', 'RUN |1 TOKEN=[redacted] /bin/sh -c make'],
    ['ENV PASSWORD=two words', 'ENV PASSWORD=[redacted]'],
    [
      '/bin/sh -c #(nop)  ENV A=1 PASSWORD=two words',
      '/bin/sh -c #(nop)  ENV A=1 PASSWORD=[redacted]',
    ],
    ['LABEL "db.password"="x y"', 'LABEL "db.password"=[redacted]'],
    ['login --password abc --user me', 'login --password [redacted] --user me'],
    ['ENTRYPOINT ["/x", "--token", "abc d"]', 'ENTRYPOINT ["/x", "--token", "[redacted]"]'],
    ['ENTRYPOINT ["/x" "--token" "abc"]', 'ENTRYPOINT ["/x" "--token" "[redacted]"]'],
    [
      'git -c http.extraheader="AUTHORIZATION: basic abc" x',
      /^git -c http.extraheader="AUTHORIZATION: \[redacted\]/,
    ],
    ['echo "{\\"password\\": \\"abc\\"}"', 'echo "{\\"password\\": [redacted]}"'],
    [`${'a'.repeat(200)}_token=abc`, `${'a'.repeat(200)}_token=[redacted]`],
    ['token="x" "password" : abc', 'token=[redacted] "password" : [redacted]'],
    ['token:\nsecret : x', 'token:\n[redacted] : x'],
    ['password:    abc', 'password:    [redacted]'],
    ['x --token "abc d" y', 'x --token [redacted] y'],
    ['CMD ["sh" "-c" "x --token abc"]', 'CMD ["sh" "-c" "x --token [redacted]"]'],
    ['curl -u me:abc https://x', 'curl -u me:[redacted] https://x'],
    ["curl --user 'me:abc' x", "curl --user 'me:[redacted]' x"],
    ['docker login -u me -p abc r', 'docker login -u me -p [redacted] r'],
    ['sshpass -p abc ssh x', 'sshpass -p [redacted] ssh x'],
    ['mysql -u root -pabc db', 'mysql -u root -p[redacted] db'],
    ['echo "root:abc" | chpasswd', 'echo "root:[redacted]" | chpasswd'],
    ['htpasswd -bc /x admin abc', 'htpasswd -bc /x admin [redacted]'],
    ['wget https://x/y?token=abc&z=1 -O z', 'wget https://x/y?token=[redacted] -O z'],
    ['Server=x;User Id=z;Password=abc;Port=1', 'Server=x;User Id=z;Password=[redacted]'],
    ['AccountName=x;AccountKey=abc==', 'AccountName=x;AccountKey=[redacted]'],
    ['{"user":"x","password":"abc"}', '{"user":"x","password":[redacted]}'],
    ['curl -H "Authorization: Bearer abcdefgh"', /^curl -H "Authorization: \[redacted\]/],
    ['git clone https://me:pw@host/x', 'git clone https://[redacted]@host/x'],
    ['echo "SECRET=\'a b\'" > /x', /^echo "SECRET=\[redacted\]/],
    [`RUN echo ${RANDOM}`, 'RUN echo [redacted]'],
    ['ENV DB_PASSWORD two words', 'ENV DB_PASSWORD [redacted]'],
    ['/bin/sh -c #(nop)  ENV DB_PASSWORD abc', '/bin/sh -c #(nop)  ENV DB_PASSWORD [redacted]'],
    ['ARG TOKEN abc', 'ARG TOKEN [redacted]'],
    ['ONBUILD ENV PASSWORD=two words', 'ONBUILD ENV PASSWORD=[redacted]'],
    ['ENV DB_PASSWORD= two words', 'ENV DB_PASSWORD=[redacted]'],
    ['a=1\nDB_PASSWORD= abc\nb=2', 'a=1\nDB_PASSWORD=[redacted]\nb=2'],
    ['echo "password= abc" > /x', 'echo "password=[redacted] > /x'],
    ['docker login -pabc -u me r', 'docker login -p[redacted] -u me r'],
    ['curl -ume:abc https://x', 'curl -ume:[redacted] https://x'],
    ["curl -fsSLu 'me:abc' https://x", "curl -fsSLu 'me:[redacted]' https://x"],
    [`echo root:${'xyz'.repeat(70)} | chpasswd`, 'echo root:[redacted] | chpasswd'],
    ['x https://git@abc@host/y', 'x https://[redacted]@host/y'],
    ['x https://me:p@abc@host/y', 'x https://[redacted]@host/y'],
    ['x https://me:p/abc@host/y', 'x https://[redacted]@host/y'],
    ['DB=me:abc@tcp(db:3306)/x', 'DB=me:[redacted]@tcp(db:3306)/x'],
    ['<a><password>abc</password></a>', '<a><password>[redacted]</password></a>'],
    ['<token type="x">abc</token>', '<token type="x">[redacted]</token>'],
    ['machine h login u password abc', 'machine h login u password [redacted]'],
    [
      "echo 'default\\nlogin u\\npassword abc' > ~/.netrc",
      "echo 'default\\nlogin u\\npassword [redacted]' > ~/.netrc",
    ],
  ])('hides what is secret in it: %s', (text, shown) => {
    const hidden = hideSecrets(text);
    if (typeof shown === 'string') expect(hidden).toBe(shown);
    else expect(hidden).toMatch(shown);
    expect(hidden).not.toMatch(/abc\b|two words|x y|hunter2|pw@|a b'|f7Kq/);
  });

  it.each([
    'COPY file:33889f9b1f0b27719c70de40463351abda3d0182e1663a841429e7620ba1f3ab in /app',
    'RUN apt-get install --no-install-recommends curl',
    'ENTRYPOINT ["docker-entrypoint.sh"]',
    'ENV PATH=/usr/bin:/bin HOME=/root',
    'ENV PYTHON_SHA256=5c76a3d0b1f7e2c4a9d8b6e5f4c3b2a190817263544536271809fedcba987654',
    'RUN install basic utilities',
    'adduser --disabled-password app',
    'docker login --password-stdin reg.io',
    'RUN PASSWORD= x',
    'docker run -u 1000:1000 -p 80:80 x',
    'mysql -u root -p db',
    'ENV PASSWORD= HOME=/root',
    'ENV EDITOR vi',
    'ENV PASSWORD_FILE /run/password',
    'ARG TOKEN',
    'docker run -p80:80 x',
    'login -port 80',
    'curl -fsSLO https://x.example.com:8080/y',
    'curl https://x/y | gpg -u me',
    'npm i https://x.example.com:8080/@scope/name@1.0',
    'curl https://x:$PORT/name@1.0',
    'git clone ssh://git@host:owner/name@v1',
    'listen@tcp(80)',
    '<name>x</name>',
    '<password></password>',
    'a default login and its password',
    'RUN set -eux; addgroup -g 70 -S postgres; adduser -u 70 -S -D -G postgres',
  ])('is left as it is: %s', (text) => {
    expect(hideSecrets(text)).toBe(text);
  });

  it('is hidden whole where it is too long to be searched', () => {
    expect(hideSecrets('a '.repeat(70_000))).toBe('[redacted]');
  });

  // With patterns that look back again and again this would take hours, and the test's own deadline would end it.
  it.each([
    'eyJ-',
    'a=',
    '--a ',
    'x',
    'a://',
    '"a"="',
    '-----BEGIN PRIVATE KEY',
    'a@',
    'bearer ',
    'chpasswd a:',
    'curl -ua',
    'docker login -p',
    'machine a ',
    '<token>',
    'a://b:',
    'ENV ',
    '@tcp(',
  ])('may be made to be searched for long: %s', (part) => {
    const text = part.repeat(130_000 / part.length);
    expect(hideSecrets(text).length).toBeGreaterThan(0);
  });
});
