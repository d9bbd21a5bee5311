import { type SigningKey, generateSigningKeyPem, readSigningKey } from '@syncpair/contracts';
import type { DataSource } from 'typeorm';
import { SigningKeyEntity } from '../store/entities.ts';

const NAME = 'grants';

/** The key that signs grants, made by whichever replica starts first; all replicas end with the same one. */
export async function loadSigningKey(dataSource: DataSource): Promise<SigningKey> {
  const keys = dataSource.getRepository(SigningKeyEntity);
  const known = await keys.findOneBy({ name: NAME });
  if (known !== null) return readSigningKey(known.pem);
  await keys.createQueryBuilder().insert().values({ name: NAME, pem: generateSigningKeyPem() }).orIgnore().execute();
  return readSigningKey((await keys.findOneByOrFail({ name: NAME })).pem);
}
