# syntax=docker/dockerfile:1
# Base images are named by tag: pin them by digest where you build (docs/security.md).

# Compiles. Install scripts are left out: the only one brings a Node, and this image has it.
FROM node:24-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --ignore-scripts --no-audit --no-fund
COPY tsconfig.json tsconfig.build.json ./
COPY src ./src
RUN npm run build

# What runs, without what only developing needs.
FROM node:24-bookworm-slim AS dependencies
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --omit=dev --ignore-scripts --no-audit --no-fund

FROM node:24-bookworm-slim
LABEL org.opencontainers.image.title="Gatehouse" \
      org.opencontainers.image.description="Call screening for a corporate switchboard: an Asterisk ARI (Stasis) application" \
      org.opencontainers.image.licenses="Apache-2.0"
# espeak-ng and sox render the prompts (gatehouse prompts).
RUN apt-get update \
 && apt-get install -y --no-install-recommends espeak-ng sox \
 && rm -rf /var/lib/apt/lists/* \
 && install -d -o node -g node -m 0750 /var/lib/gatehouse
WORKDIR /app
ENV NODE_ENV=production
COPY --from=dependencies /app/node_modules ./node_modules
COPY --from=build /app/dist ./dist
COPY package.json LICENSE ./
COPY dialplan ./dialplan
COPY rules ./rules
USER node
VOLUME /var/lib/gatehouse
STOPSIGNAL SIGTERM
# GATEHOUSE_HTTP tells where it listens; 0.0.0.0 and [::] are no places to call.
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s --retries=3 \
  CMD ["node", "-e", "fetch(`http://${(process.env.GATEHOUSE_HTTP || '127.0.0.1:8090').replace(/^(0\\.0\\.0\\.0|\\[::\\]):/, '127.0.0.1:')}/healthz`, { signal: AbortSignal.timeout(4000) }).then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["node", "--enable-source-maps", "dist/cli/gatehouse.js"]
CMD ["serve"]
