"""The tools of the tests themselves work."""

import sqlalchemy as sa


def test_a_real_postgresql_server_takes_connections(postgres_url: str):
    engine = sa.create_engine(postgres_url)
    with engine.connect() as connection:
        assert connection.scalar(sa.text("select 6 * 7")) == 42
    engine.dispose()


def test_each_test_gets_an_empty_database(bare_postgres_url: str):
    engine = sa.create_engine(bare_postgres_url)
    assert sa.inspect(engine).get_table_names() == []
    engine.dispose()
