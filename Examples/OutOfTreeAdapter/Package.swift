// swift-tools-version: 6.2
import PackageDescription

let package = Package(
  name: "collector",
  products: [
    .library(name: "CollectorDestination", type: .dynamic, targets: ["CollectorDestination"])
  ],
  dependencies: [.package(name: "sealpost", path: "../..")],
  targets: [
    .target(
      name: "CollectorDestination",
      dependencies: [.product(name: "DestinationKit", package: "sealpost")]),
    .testTarget(
      name: "CollectorDestinationTests",
      dependencies: [
        "CollectorDestination", .product(name: "DestinationKitTesting", package: "sealpost"),
      ]),
  ],
  swiftLanguageModes: [.v6]
)
