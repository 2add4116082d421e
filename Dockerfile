# Node's own slim image: TypeScript's compiler and V8 are built for glibc.
FROM node:24-bookworm-slim AS build
WORKDIR /build
COPY package.json npm-shrinkwrap.json .npmrc ./
RUN npm ci --ignore-scripts
COPY tsconfig.json tsconfig.build.json ./
COPY src ./src
RUN npm run --silent build

FROM node:24-bookworm-slim AS dependencies
WORKDIR /dependencies
COPY package.json npm-shrinkwrap.json .npmrc ./
RUN npm ci --omit=dev --ignore-scripts

FROM node:24-bookworm-slim
LABEL org.opencontainers.image.title="imagegraph" \
      org.opencontainers.image.description="A GraphQL API over the container images of Docker Engine API hosts." \
      org.opencontainers.image.licenses="MIT" \
      org.opencontainers.image.base.name="docker.io/library/node:24-bookworm-slim"
WORKDIR /app
COPY package.json LICENSE ./
COPY samples/layout ./samples/layout
COPY --from=dependencies /dependencies/node_modules ./node_modules
COPY --from=build /build/dist ./dist
# Others than this container have to reach it, so it does not start without a token (docs/operations.md).
ENV NODE_ENV=production IMAGEGRAPH_HOST=0.0.0.0
USER node
EXPOSE 4000
HEALTHCHECK --interval=10s --timeout=3s --start-period=10s --retries=3 \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.IMAGEGRAPH_PORT || 4000}/healthz`).then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["node", "/app/dist/main.js"]
