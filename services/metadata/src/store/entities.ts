import { Column, Entity, PrimaryColumn } from 'typeorm';

/** Columns only, for the tables that are read or written row by row. The hot tables have no entity: their SQL stands in the repositories. */

@Entity('signing_key')
export class SigningKeyEntity {
  @PrimaryColumn('text')
  name!: string;

  @Column('text')
  pem!: string;
}

export const ENTITIES = [SigningKeyEntity] as const;
