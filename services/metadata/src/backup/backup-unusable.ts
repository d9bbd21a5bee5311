/** Why a backup cannot be restored; the message is for a user as it is. */
export class BackupUnusable extends Error {
  override readonly name = 'BackupUnusable';
}
