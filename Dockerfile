# The same Node as the npm package `node` in package.json.
FROM node:24.9.0-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --no-audit --no-fund
COPY nest-cli.json tsconfig.json tsconfig.build.json ./
COPY scripts ./scripts
COPY src ./src
# What is left of node_modules is what the lock file says of production, and the bill of materials says the same. Nobody debugs or
# type-checks inside the image, so maps and types go.
RUN npm run build \
  && npm prune --omit=dev --no-audit --no-fund \
  && node scripts/write-sbom.mjs sbom.cdx.json \
  && find node_modules -type f \( -name '*.map' -o -name '*.d.ts' -o -name '*.d.mts' -o -name '*.d.cts' \) -delete \
  && rm -rf node_modules/.cache node_modules/.package-lock.json
COPY cql ./cql
COPY pipelines ./pipelines
COPY feeds ./feeds
COPY data ./data
# The layers of the image as they will lie there. No clock and no umask of whoever builds shows in them, so the same checkout gives the
# same layers: `npm run image:reproduce`. The date is the one that npm gives the files of packages.
ARG SOURCE_DATE_EPOCH=499162500
RUN mkdir -p /image/node/usr/local/bin /image/modules/app /image/service/app \
  && cp /usr/local/bin/node /image/node/usr/local/bin/node \
  && mv node_modules /image/modules/app/ \
  && mv package.json sbom.cdx.json dist cql pipelines feeds data /image/service/app/ \
  && chmod -R u=rwX,go=rX /image \
  && find /image -exec touch --no-dereference --date="@$SOURCE_DATE_EPOCH" {} +

# Node alone: no npm, no compiler. The shell that Debian has is not used.
FROM debian:12.12-slim
LABEL org.opencontainers.image.title="Millrace" \
  org.opencontainers.image.description="A stateful, event-time stream processor as a service" \
  org.opencontainers.image.licenses="Apache-2.0"
ENV NODE_ENV=production
COPY --from=build /image/node/ /
COPY --from=build /image/modules/ /
COPY --from=build /image/service/ /
WORKDIR /app
# By number: Kubernetes can check runAsNonRoot only of a numeric user. Nothing is written below /app.
USER 10001:10001
EXPOSE 3000
# Alive, not ready: a server that is away is no reason to restart the process.
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s --retries=3 \
  CMD ["node", "-e", "fetch('http://127.0.0.1:' + (process.env.MILLRACE_HTTP_PORT || 3000) + '/health/live').then(r => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["node", "--disable-warning=TimeoutNegativeWarning", "dist/cli.js"]
CMD ["start"]
