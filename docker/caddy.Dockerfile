# The proxy, without root: its certificates lie in a folder of its own user.
#
# To pin the base image for good, put its digest behind the tag: see docker/rasa.Dockerfile.
ARG CADDY=caddy:2.11.7-alpine

FROM ${CADDY}
RUN install -d -o 10001 -g 10001 -m 0700 /certificates
COPY docker/Caddyfile /etc/caddy/Caddyfile
COPY docker/rasa.Caddyfile /etc/caddy/rasa.Caddyfile
ENV XDG_DATA_HOME=/certificates XDG_CONFIG_HOME=/tmp
USER 10001:10001
EXPOSE 8080 8443
HEALTHCHECK --interval=15s --timeout=6s --start-period=10s --retries=3 \
  CMD ["nc", "-z", "127.0.0.1", "8080"]
CMD ["caddy", "run", "--config", "/etc/caddy/Caddyfile"]
