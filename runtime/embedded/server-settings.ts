/** Settings for a small machine that runs Postgres beside the services. */
export function serverSettings(durable: boolean): Record<string, string> {
  return {
    listen_addresses: "127.0.0.1",
    // A socket's path may hold about a hundred characters; a data folder's path may be longer.
    unix_socket_directories: "",
    shared_buffers: "128MB",
    max_connections: "100",
    max_wal_size: "1GB",
    checkpoint_timeout: "15min",
    random_page_cost: "1.1",
    jit: "off",
    // Nothing replicates from an embedded server.
    wal_level: "minimal",
    max_wal_senders: "0",
    log_checkpoints: "off",
    log_line_prefix: "%m [%p] %d ",
    ...(durable ? {} : { fsync: "off", full_page_writes: "off", synchronous_commit: "off" }),
  };
}
