from dataclasses import fields

from proxy.deploy.release.template import SecretSource, SecretWish, Template


def test_every_key_says_what_may_stand_there():
    for spec in fields(Template):
        if "key" in spec.metadata:
            assert spec.metadata["key"].says


def test_only_shared_files_and_a_database_elsewhere_survive_the_machine():
    database = {"SIFU_DATABASE_URL": SecretWish(SecretSource.STORE)}
    assert not Template().survives_its_machine
    assert not Template(efs="fs-1").survives_its_machine
    assert not Template(secrets=database).survives_its_machine
    assert Template(efs="fs-1", secrets=database).survives_its_machine
