"""Statements through in-toto-attestation's own classes, strictly: an unknown member or a wrong type is refused."""

import json

from google.protobuf import descriptor_pb2, descriptor_pool, json_format, message_factory
from in_toto_attestation.predicates.provenance.v1 import provenance_pb2
from in_toto_attestation.predicates.test_result.v0 import test_result_pb2
from in_toto_attestation.predicates.vsa.v1 import vsa_pb2
from in_toto_attestation.v1 import statement_pb2
from in_toto_attestation.v1.resource_descriptor import ResourceDescriptor
from in_toto_attestation.v1.statement import Statement


def vulns():
    """The class of the vulns v0.2 predicate, which the package on PyPI does not ship yet.

    Source: https://github.com/in-toto/attestation/blob/main/protos/in_toto_attestation/predicates/vulns/v0.2/vulns.proto
    """
    package = "in_toto_attestation.predicates.vulns.v02"
    string, message = descriptor_pb2.FieldDescriptorProto.TYPE_STRING, descriptor_pb2.FieldDescriptorProto.TYPE_MESSAGE
    one, many = descriptor_pb2.FieldDescriptorProto.LABEL_OPTIONAL, descriptor_pb2.FieldDescriptorProto.LABEL_REPEATED
    stamp, struct = ".google.protobuf.Timestamp", ".google.protobuf.Struct"
    messages = {
        "Vulns": [("scanner", one, f".{package}.Scanner"), ("metadata", one, f".{package}.ScanMetadata")],
        "Scanner": [
            ("uri", one, None), ("version", one, None), ("db", one, f".{package}.VulnDatabase"),
            ("result", many, f".{package}.Result"),
        ],
        "VulnDatabase": [("uri", one, None), ("version", one, None), ("last_update", one, stamp)],
        "Result": [("id", one, None), ("severity", many, f".{package}.Severity"), ("annotations", many, struct)],
        "Severity": [("method", one, None), ("score", one, None)],
        "ScanMetadata": [("scan_started_on", one, stamp), ("scan_finished_on", one, stamp)],
    }  # fmt: skip
    file = descriptor_pb2.FileDescriptorProto(
        name="vulns_v02.proto", package=package, syntax="proto3",
        dependency=["google/protobuf/struct.proto", "google/protobuf/timestamp.proto"],
    )  # fmt: skip
    for name, fields in messages.items():
        built = file.message_type.add(name=name)
        for number, (field, label, type_name) in enumerate(fields, 1):
            kind = message if type_name else string
            built.field.add(name=field, number=number, label=label, type=kind, type_name=type_name)
    pool = descriptor_pool.Default()
    pool.AddSerializedFile(file.SerializeToString())
    return message_factory.GetMessageClass(pool.FindMessageTypeByName(f"{package}.Vulns"))


TYPED = {
    "https://in-toto.io/attestation/test-result/v0.1": test_result_pb2.TestResult,
    "https://in-toto.io/attestation/vulns/v0.2": vulns(),
    "https://slsa.dev/provenance/v1": provenance_pb2.Provenance,
    "https://slsa.dev/verification_summary/v1": vsa_pb2.VerificationSummary,
}
# Members that hold in-toto resource descriptors, which the package can validate.
RESOURCES = {
    "https://in-toto.io/attestation/test-result/v0.1": lambda message: message.configuration,
    "https://slsa.dev/provenance/v1": lambda message: message.build_definition.resolved_dependencies,
}


def strictly(value: dict, message):
    return json_format.ParseDict(value, message, ignore_unknown_fields=False)


def check(payload: bytes) -> str:
    """Parses one statement and, where in-toto has a class for it, its predicate; returns the predicate type."""
    value = json.loads(payload)
    statement = strictly(value, statement_pb2.Statement())
    Statement.copy_from_pb(statement).validate()
    predicate_type = statement.predicate_type
    if predicate_type in TYPED:
        predicate = dict(value["predicate"])
        levels = vsa_pb2.VerificationSummary.DESCRIPTOR.fields_by_name["verified_levels"]
        if predicate_type.endswith("verification_summary/v1") and not levels.is_repeated:
            # in-toto-attestation up to 0.9.3 declares one string where SLSA, and upstream since, have a list.
            if not all(isinstance(level, str) for level in predicate.pop("verifiedLevels")):
                raise ValueError("verifiedLevels is not a list of strings")
        message = strictly(predicate, TYPED[predicate_type]())
        for resource in RESOURCES.get(predicate_type, lambda _: [])(message):
            ResourceDescriptor.copy_from_pb(resource).validate()
    return predicate_type
