/** Hive Gateway subscribes by GET unless it is told otherwise; imagegraph takes operations by POST only. */
export const gatewayConfig = {
  transportEntries: { images: { options: { method: 'POST' } } },
};
