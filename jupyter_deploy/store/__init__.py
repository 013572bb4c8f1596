"""The database: SQLAlchemy Core, forward-only migrations."""
