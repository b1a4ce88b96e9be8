"""Every CI system: secrets of targets by name, runs that are asked for, signed tokens of CI jobs, outgoing webhooks.

Revision: 0004, after 0003.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import mysql

revision = '0004'
down_revision = '0003'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('issuers',
    sa.Column('id', sa.String(length=36), nullable=False),
    sa.Column('url', sa.String(length=500), nullable=False),
    sa.Column('url_digest', sa.String(length=64), nullable=False),
    sa.Column('name', sa.String(length=100), nullable=False),
    sa.Column('kind', sa.String(length=12), nullable=False),
    sa.Column('created_by', sa.String(length=100), nullable=False),
    sa.Column('created_at', sa.DateTime().with_variant(mysql.DATETIME(fsp=6), "mysql", "mariadb"), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_issuers')),
    sa.UniqueConstraint('url_digest', name=op.f('uq_issuers_url_digest')),
    mysql_charset='utf8mb4',
    mysql_collate='utf8mb4_bin',
    mysql_engine='InnoDB'
    )
    op.create_table('used_tokens',
    sa.Column('id', sa.String(length=64), nullable=False),
    sa.Column('purpose', sa.String(length=64), nullable=False),
    sa.Column('detail', sa.String(length=2000), nullable=True),
    sa.Column('expires_at', sa.DateTime().with_variant(mysql.DATETIME(fsp=6), "mysql", "mariadb"), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_used_tokens')),
    mysql_charset='utf8mb4',
    mysql_collate='utf8mb4_bin',
    mysql_engine='InnoDB'
    )
    with op.batch_alter_table('used_tokens', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_used_tokens_expires_at'), ['expires_at'], unique=False)

    op.create_table('trust_rules',
    sa.Column('id', sa.String(length=36), nullable=False),
    sa.Column('project_id', sa.String(length=36), nullable=False),
    sa.Column('issuer_id', sa.String(length=36), nullable=False),
    sa.Column('subject', sa.String(length=200), nullable=False),
    sa.Column('claims', sa.JSON(), nullable=False),
    sa.Column('pull_requests', sa.Boolean(), nullable=False),
    sa.Column('created_by', sa.String(length=100), nullable=False),
    sa.Column('created_at', sa.DateTime().with_variant(mysql.DATETIME(fsp=6), "mysql", "mariadb"), nullable=False),
    sa.Column('last_used_at', sa.DateTime().with_variant(mysql.DATETIME(fsp=6), "mysql", "mariadb"), nullable=True),
    sa.ForeignKeyConstraint(['issuer_id'], ['issuers.id'], name=op.f('fk_trust_rules_issuer_id')),
    sa.ForeignKeyConstraint(['project_id'], ['projects.id'], name=op.f('fk_trust_rules_project_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_trust_rules')),
    sa.UniqueConstraint('project_id', 'issuer_id', 'subject', name=op.f('uq_trust_rules_project_id_issuer_id_subject')),
    mysql_charset='utf8mb4',
    mysql_collate='utf8mb4_bin',
    mysql_engine='InnoDB'
    )
    with op.batch_alter_table('trust_rules', schema=None) as batch_op:
        batch_op.create_index('ix_trust_rules_issuer_id_subject', ['issuer_id', 'subject'], unique=False)

    op.create_table('refusals',
    sa.Column('id', sa.String(length=36), nullable=False),
    sa.Column('project_id', sa.String(length=36), nullable=False),
    sa.Column('at', sa.DateTime().with_variant(mysql.DATETIME(fsp=6), "mysql", "mariadb"), nullable=False),
    sa.Column('route', sa.String(length=30), nullable=False),
    sa.Column('status', sa.Integer(), nullable=False),
    sa.Column('detail', sa.String(length=500), nullable=False),
    sa.ForeignKeyConstraint(['project_id'], ['projects.id'], name=op.f('fk_refusals_project_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_refusals')),
    mysql_charset='utf8mb4',
    mysql_collate='utf8mb4_bin',
    mysql_engine='InnoDB'
    )
    with op.batch_alter_table('refusals', schema=None) as batch_op:
        batch_op.create_index('ix_refusals_project_id_id', ['project_id', 'id'], unique=False)

    op.create_table('webhooks',
    sa.Column('id', sa.String(length=36), nullable=False),
    sa.Column('project_id', sa.String(length=36), nullable=False),
    sa.Column('url', sa.String(length=2000), nullable=False),
    sa.Column('secret', sa.String(length=2000), nullable=False),
    sa.Column('format', sa.String(length=12), nullable=False),
    sa.Column('events', sa.JSON(), nullable=False),
    sa.Column('enabled', sa.Boolean(), server_default=sa.text('1'), nullable=False),
    sa.Column('disabled_because', sa.String(length=300), nullable=True),
    sa.Column('created_by', sa.String(length=100), nullable=False),
    sa.Column('created_at', sa.DateTime().with_variant(mysql.DATETIME(fsp=6), "mysql", "mariadb"), nullable=False),
    sa.ForeignKeyConstraint(['project_id'], ['projects.id'], name=op.f('fk_webhooks_project_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_webhooks')),
    mysql_charset='utf8mb4',
    mysql_collate='utf8mb4_bin',
    mysql_engine='InnoDB'
    )
    with op.batch_alter_table('webhooks', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_webhooks_project_id'), ['project_id'], unique=False)

    op.create_table('webhook_messages',
    sa.Column('webhook_id', sa.String(length=36), nullable=False),
    sa.Column('type', sa.String(length=100), nullable=False),
    sa.Column('body', sa.JSON(), nullable=False),
    sa.Column('status', sa.Integer(), nullable=True),
    sa.Column('reading', sa.String(length=500), nullable=True),
    sa.Column('duration_ms', sa.Integer(), nullable=True),
    sa.Column('id', sa.String(length=36), nullable=False),
    sa.Column('state', sa.String(length=10), nullable=False),
    sa.Column('tries', sa.Integer(), nullable=False),
    sa.Column('next_at', sa.DateTime().with_variant(mysql.DATETIME(fsp=6), "mysql", "mariadb"), nullable=False),
    sa.Column('lease_until', sa.DateTime().with_variant(mysql.DATETIME(fsp=6), "mysql", "mariadb"), nullable=True),
    sa.Column('lease_owner', sa.String(length=36), nullable=True),
    sa.Column('created_at', sa.DateTime().with_variant(mysql.DATETIME(fsp=6), "mysql", "mariadb"), nullable=False),
    sa.Column('finished_at', sa.DateTime().with_variant(mysql.DATETIME(fsp=6), "mysql", "mariadb"), nullable=True),
    sa.ForeignKeyConstraint(['webhook_id'], ['webhooks.id'], name=op.f('fk_webhook_messages_webhook_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_webhook_messages')),
    mysql_charset='utf8mb4',
    mysql_collate='utf8mb4_bin',
    mysql_engine='InnoDB'
    )
    with op.batch_alter_table('webhook_messages', schema=None) as batch_op:
        batch_op.create_index('ix_webhook_messages_state_next_at', ['state', 'next_at'], unique=False)
        batch_op.create_index('ix_webhook_messages_webhook_id_id', ['webhook_id', 'id'], unique=False)

    with op.batch_alter_table('attempts', schema=None) as batch_op:
        batch_op.add_column(sa.Column('run_ref', sa.String(length=200), nullable=True))
        batch_op.add_column(sa.Column('poll_at', sa.DateTime().with_variant(mysql.DATETIME(fsp=6), "mysql", "mariadb"), nullable=True))
        batch_op.add_column(sa.Column('polls', sa.Integer(), server_default='0', nullable=False))
        batch_op.create_index(batch_op.f('ix_attempts_poll_at'), ['poll_at'], unique=False)
        batch_op.create_index(batch_op.f('ix_attempts_run_ref'), ['run_ref'], unique=False)

    with op.batch_alter_table('projects', schema=None) as batch_op:
        batch_op.add_column(sa.Column('target_secrets', sa.JSON(), nullable=True))
        batch_op.add_column(sa.Column('target_key', sa.String(length=300), nullable=True))
        batch_op.create_index(batch_op.f('ix_projects_target_key'), ['target_key'], unique=False)
    _name_secrets()
    with op.batch_alter_table('projects', schema=None) as batch_op:
        batch_op.drop_column('target_secret')
        batch_op.drop_column('target_secret_at')

    with op.batch_alter_table('trees', schema=None) as batch_op:
        batch_op.add_column(sa.Column('mirrors', sa.Boolean(), server_default=sa.text('0'), nullable=False))
        batch_op.add_column(sa.Column('mirrored', sa.JSON(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table('trees', schema=None) as batch_op:
        batch_op.drop_column('mirrored')
        batch_op.drop_column('mirrors')

    with op.batch_alter_table('projects', schema=None) as batch_op:
        batch_op.add_column(sa.Column('target_secret_at', sa.DateTime().with_variant(mysql.DATETIME(fsp=6), "mysql", "mariadb"), nullable=True))
        batch_op.add_column(sa.Column('target_secret', sa.String(length=2000), nullable=True))
    _unname_secrets()
    with op.batch_alter_table('projects', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_projects_target_key'))
        batch_op.drop_column('target_key')
        batch_op.drop_column('target_secrets')

    with op.batch_alter_table('attempts', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_attempts_run_ref'))
        batch_op.drop_index(batch_op.f('ix_attempts_poll_at'))
        batch_op.drop_column('polls')
        batch_op.drop_column('poll_at')
        batch_op.drop_column('run_ref')

    for table in ('webhook_messages', 'webhooks', 'refusals', 'trust_rules', 'used_tokens', 'issuers'):
        op.drop_table(table)


# until now a target had one secret: that of a webhook
PROJECTS = sa.table(
    "projects",
    sa.column("id", sa.String),
    sa.column("target_secret", sa.String),
    sa.column("target_secret_at", sa.DateTime().with_variant(mysql.DATETIME(fsp=6), "mysql", "mariadb")),
    sa.column("target_secrets", sa.JSON),
)


def _name_secrets() -> None:
    found = op.get_bind().execute(sa.select(PROJECTS).where(PROJECTS.c.target_secret.is_not(None)))
    for row in found.all():
        at = row.target_secret_at.isoformat() + "+00:00" if row.target_secret_at else None
        named = {"secret": {"value": row.target_secret, "at": at}}
        op.get_bind().execute(sa.update(PROJECTS).where(PROJECTS.c.id == row.id).values(target_secrets=named))


def _unname_secrets() -> None:
    for row in op.get_bind().execute(sa.select(PROJECTS.c.id, PROJECTS.c.target_secrets)).all():
        if kept := (row.target_secrets or {}).get("secret"):
            op.get_bind().execute(sa.update(PROJECTS).where(PROJECTS.c.id == row.id).values(target_secret=kept["value"]))
