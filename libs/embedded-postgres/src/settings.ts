/**
 * Settings for one small server on one machine. They are arguments of each start, so that a newer SyncPair brings newer settings to data
 * that exist.
 *
 * @param port on 127.0.0.1
 * @param logDir absolute
 * @param durable false gives up the safety of a power cut for speed; for throw-away data only
 */
export function settings(port: number, logDir: string, durable: boolean): string[] {
  const values: Record<string, string | number> = {
    listen_addresses: '127.0.0.1',
    port,
    // Loopback with a password works for every account and leaves no socket in a shared folder.
    unix_socket_directories: '',
    max_connections: 50,
    shared_buffers: '96MB',
    work_mem: '8MB',
    maintenance_work_mem: '64MB',
    // Containers have a /dev/shm of 64 MB, which parallel workers outgrow.
    max_parallel_workers_per_gather: 0,
    max_logical_replication_workers: 0,
    // PostgreSQL 18 reads and writes through worker processes by default. After a kill -9 the recovery at the next start was seen to stand
    // still for ever, waiting for one of them; a process that does its own input and output waits for nobody.
    io_method: 'sync',
    jit: 'off',
    min_wal_size: '64MB',
    max_wal_size: '1GB',
    wal_compression: 'on',
    checkpoint_timeout: '10min',
    // A first sync multiplies the tables: what plans are made by has to follow soon, and the server to come to rest.
    autovacuum_naptime: '30s',
    timezone: 'UTC',
    log_timezone: 'UTC',
    lc_messages: 'C',
    // One file for each day of the week, so that the log never outgrows a week.
    logging_collector: 'on',
    log_directory: logDir,
    log_filename: 'postgres-%a.log',
    log_truncate_on_rotation: 'on',
    log_rotation_age: '1d',
    log_rotation_size: 0,
    log_checkpoints: 'off',
    ...(durable ? {} : { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' }),
  };
  return Object.entries(values).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
}
