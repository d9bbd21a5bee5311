import { Column, Entity, PrimaryColumn } from 'typeorm';

/** Columns only, for the tables that are read or written row by row. The hot tables have no entity: their SQL stands in the repositories. */

@Entity('signing_key')
export class SigningKeyEntity {
  @PrimaryColumn('text')
  name!: string;

  @Column('text')
  pem!: string;
}

@Entity('device_directory')
export class DeviceDirectoryEntity {
  @PrimaryColumn('integer')
  directory!: number;

  @PrimaryColumn('bytea')
  device!: Buffer;

  @Column('text')
  client!: string;

  /** A decimal string, as every bigint. */
  @Column('bigint')
  cursor!: string;

  @Column('bigint')
  applied!: string;

  @Column('timestamptz', { name: 'first_seen' })
  firstSeen!: Date;

  @Column('timestamptz', { name: 'last_seen' })
  lastSeen!: Date;
}

export const ENTITIES = [SigningKeyEntity, DeviceDirectoryEntity] as const;
