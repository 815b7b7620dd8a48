/// What an audit record is about: the closed list, in the words of the product's own audit trail.
///
/// A name in a log never changes its meaning; new names are added at the end of their group.
package enum AuditEventType: String, CaseIterable, Codable, Sendable {
  // Workspace.
  case workspaceCreated = "Workspace Created"
  case workspaceModified = "Workspace Modified"
  case workspacePlanModified = "Workspace Plan Modified"
  case businessAssociateAgreementSigned = "Business Associate Agreement Signed"
  case workspaceVerified = "Workspace Verified"
  case workspaceEligibilityChanged = "Workspace Eligibility Changed"
  case documentReconciled = "Workspace Document Reconciled"
  case workspaceSnapshotTaken = "Workspace Snapshot Taken"
  case replicaCreated = "Replica Created"
  case replicaSnapshotApplied = "Replica Snapshot Applied"
  case replicaSnapshotRefused = "Replica Snapshot Refused"
  case replicaDocumentReplaced = "Replica Document Replaced"

  // Destinations.
  case destinationCreated = "Destination Created"
  case destinationModified = "Destination Modified"
  case destinationEnabled = "Destination Enabled"
  case destinationDisabled = "Destination Disabled"
  case destinationRemoved = "Destination Removed"
  case destinationReconciled = "Destination Reconciled"
  case destinationQuarantined = "Destination Quarantined"
  case destinationFilterModified = "Destination Filter Modified"
  case destinationTested = "Destination Tested"

  // Adapters.
  case adapterInstalled = "Destination Adapter Installed"
  case adapterRemoved = "Destination Adapter Removed"
  case adapterLoaded = "Destination Adapter Loaded"
  case adapterRefused = "Destination Adapter Refused"
  case adapterRestarted = "Destination Adapter Restarted"
  case adapterMisbehaved = "Destination Adapter Misbehaved"
  case adapterReleaseKept = "Destination Adapter Release Kept"
  case adapterConnected = "Destination Adapter Connected"
  case adapterKeyTrusted = "Adapter Key Trusted"
  case adapterKeyDistrusted = "Adapter Key Distrusted"

  // Encryption.
  case encryptionEnabled = "Destination Encryption Enabled"
  case encryptionDisabled = "Destination Encryption Disabled"
  case encryptionFieldsModified = "Destination Encryption Fields Modified"
  case encryptionFormatModified = "Destination Encryption Format Modified"
  case encryptionKeysGenerated = "Destination Encryption Keys Generated"
  case encryptionKeyImported = "Destination Encryption Key Imported"
  case encryptionKeyRotated = "Destination Encryption Key Rotated"
  case encryptionKeyConfirmed = "Destination Encryption Key Confirmed"
  case encryptionKeyWithdrawn = "Destination Encryption Key Withdrawn"
  case decryptRefused = "Decrypt Refused"

  // Privacy.
  case matcherCreated = "Matcher Created"
  case matcherModified = "Matcher Modified"
  case matcherRemoved = "Matcher Removed"
  case controlModified = "Privacy Control Modified"
  case inboxViewed = "Inbox Viewed"
  case inboxClassified = "Inbox Classified"

  // Eligible products.
  case productAllowed = "Eligible Product Allowed"
  case productDisallowed = "Eligible Product Disallowed"
  case productListImported = "Eligible Product List Imported"
  case productListIssuerTrusted = "Eligible Product List Issuer Trusted"
  case productListIssuerDistrusted = "Eligible Product List Issuer Distrusted"
  case productRevoked = "Eligible Product Revoked"

  // Sources.
  case sourceCreated = "Source Created"
  case sourceModified = "Source Modified"
  case sourceDisabled = "Source Disabled"
  case sourceWriteKeyRotated = "Source Write Key Rotated"

  // Users, sessions, tokens.
  case userCreated = "User Created"
  case userModified = "User Modified"
  case userDisabled = "User Disabled"
  case userLockedOut = "User Locked Out"
  case userLoggedIn = "User Logged In"
  case userLoggedOut = "User Logged Out"
  case userSessionExpired = "User Session Expired"
  case tokenCreated = "Token Created"
  case tokenRevoked = "Token Revoked"
  case accessDenied = "Access Denied"

  // Events.
  case deadLetterViewed = "Dead Letter Viewed"
  case deadLetterRawViewed = "Dead Letter Raw Viewed"
  case deadLetterRedriven = "Dead Letter Redriven"
  case deadLetterExported = "Dead Letter Exported"
  case deadLetterPurged = "Dead Letter Purged"
  case queuePurged = "Queue Purged"
  case eventsTailed = "Events Tailed"

  // The host and the log itself.
  case hostStarted = "Host Started"
  case hostStopped = "Host Stopped"
  case auditLogExported = "Audit Log Exported"
  case auditLogReviewed = "Audit Log Reviewed"
  case auditLogVerified = "Audit Log Verified"
  case auditLogTornTailCut = "Audit Log Torn Tail Cut"
  case auditLogKeyIntroduced = "Audit Log Key Introduced"
  case auditLogKeyHandedOver = "Audit Log Key Handed Over"
  case auditLogKeyReplaced = "Audit Log Key Replaced"
  case auditLogSegmentExpired = "Audit Log Segment Expired"
}

/// How far the thing that a record tells had come.
package enum AuditOutcome: String, CaseIterable, Codable, Sendable {
  /// Written before anything happens.
  case intent
  case ok, failed
  /// Not allowed; nothing happened.
  case denied
}
