internal import EventJSON

/// Which keys hold one of few values, so that equal tokens give them away by how often they occur.
///
/// Of the matchers that ship and of what the Safe Harbor list adds: everything that sorts people into groups. A name
/// or an address is not among them, though a common one occurs often too.
package enum LowCardinality {
  /// Whether a folded key (``KeyFolding``) is one of them, by itself or as a synonym of one.
  package static func contains(_ foldedKey: String) -> Bool { keys.contains(foldedKey) }

  private static let keys = Set(names.map(KeyFolding.fold))

  private static let names =
    [
      "gender", "gender identity", "sex", "biological sex", "sex assigned at birth", "birth sex",
      "pronouns", "sexual orientation", "sexuality", "race", "racial group", "ethnicity",
      "ethnic group", "ethnic origin", "religion", "religious affiliation", "faith",
      "citizenship", "nationality", "citizenship status", "marital status", "language",
    ] + [
      "birthdate", "date of birth", "birthday", "dob", "birth day", "birth year", "year of birth",
      "age", "age group", "veteran", "veteran status", "military status", "disability",
      "disability status", "blood type", "admission date", "discharge date", "date of death",
    ] + [
      "city", "town", "state", "region", "country", "county", "zipcode", "zip", "postal code",
      "postcode", "post code", "salary", "income", "wage", "annual salary", "title",
    ] + [
      "allergy", "allergies", "allergen", "condition", "conditions", "medical condition",
      "health condition", "diagnosis", "diagnoses", "diagnosis code", "icd10", "icd code",
      "procedure", "procedures", "procedure code", "cpt code", "medication", "medications",
      "prescription", "prescriptions", "drug",
    ]
}
