/**
 * Settings of the private PostgreSQL: reachable by its socket only, every commit on disk before it is acknowledged, and
 * little memory at rest. They are given on the command line, so that they are always those of the running software.
 */
export function serverSettings(socketDirectory: string, durable: boolean): Readonly<Record<string, string>> {
  return {
    listen_addresses: '',
    unix_socket_directories: socketDirectory,
    unix_socket_permissions: '0700',
    port: '5432',
    max_connections: '64',
    superuser_reserved_connections: '3',
    ssl: 'off',
    password_encryption: 'scram-sha-256',
    // Memory: pages are touched only when used, so these are limits more than costs.
    shared_buffers: '32MB',
    huge_pages: 'off',
    work_mem: '8MB',
    maintenance_work_mem: '32MB',
    temp_buffers: '1MB',
    effective_cache_size: '512MB',
    jit: 'off',
    max_worker_processes: '2',
    max_parallel_workers: '2',
    max_parallel_workers_per_gather: '1',
    autovacuum_max_workers: '1',
    max_logical_replication_workers: '0',
    // Write-ahead log: there are no replicas.
    wal_level: 'minimal',
    max_wal_senders: '0',
    min_wal_size: '32MB',
    max_wal_size: '256MB',
    fsync: durable ? 'on' : 'off',
    synchronous_commit: durable ? 'on' : 'off',
    full_page_writes: durable ? 'on' : 'off',
    timezone: 'UTC',
    log_timezone: 'UTC',
    lc_messages: 'C',
    log_destination: 'stderr',
    logging_collector: 'off',
    log_line_prefix: '',
    log_checkpoints: 'off',
    // Statements may hold personal data or secrets: none is ever logged with an error.
    log_min_error_statement: 'panic',
    log_error_verbosity: 'terse',
    log_min_messages: 'warning',
    // A client that vanished in the middle of a transaction holds its locks no longer than this.
    idle_in_transaction_session_timeout: '5min',
  };
}
