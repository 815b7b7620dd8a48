package import Cryptography

/// The list that comes with the project, signed with its release key; see `Notes.md` for how it is signed anew.
package enum ShippedProductList {
  /// The key's public half; its private half is not in the project.
  package static let key: Ed25519.VerifyingKey = {
    guard let key = try? Ed25519.VerifyingKey(pem: PackageResources.release_pub) else {
      fatalError("the release key that was built in is none")
    }
    return key
  }()

  /// Verified as any other list is.
  package static let list: ProductList = {
    do throws(EligibilityError) {
      return try SignedProductList(
        bytes: PackageResources.eligible_products_json,
        signature: PackageResources.eligible_products_json_sig
      ).verified(by: [key])
    } catch {
      fatalError("the list of products that was built in is not as it was signed: \(error)")
    }
  }()

  package static var bytes: [UInt8] { PackageResources.eligible_products_json }
  package static var signature: [UInt8] { PackageResources.eligible_products_json_sig }
}

/// The bytes of a list and of its signature, as they are; nothing of them is believed yet.
package struct SignedProductList: Sendable, Equatable {
  package let bytes: [UInt8]
  package let signature: [UInt8]

  package init(bytes: [UInt8], signature: [UInt8]) {
    self.bytes = bytes
    self.signature = signature
  }

  /// The list, when one of these keys signed exactly these bytes; throws `badListSignature` or `badList`.
  package func verified(by keys: [Ed25519.VerifyingKey]) throws(EligibilityError) -> ProductList {
    _ = try signer(among: keys)
    return try ProductList(json: bytes)
  }

  /// Which key signed it; throws `badListSignature`.
  package func signer(
    among keys: [Ed25519.VerifyingKey]
  ) throws(EligibilityError) -> Ed25519.VerifyingKey {
    guard let signature = DetachedSignature(text: signature, for: ProductList.signature) else {
      throw .badListSignature("the file of the signature is none")
    }
    guard let key = keys.first(where: { $0.id == signature.keyID }) else {
      throw .badListSignature(
        "it is signed with the key \(signature.keyID.prefix(16))…, which is not trusted here. "
          + "When you know whose it is: sealpost products trust add F --name NAME")
    }
    guard (try? signature.isMade(by: key, over: bytes)) == true else {
      throw .badListSignature(
        "the signature does not fit the list: one of them was changed. Get both again")
    }
    return key
  }
}
