"""Jobs in folders, their triggers and links to repositories; notifications, documents for Elasticsearch, chat accounts.

Revision: 0006, after 0005.
"""

import re

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import mysql

revision = '0006'
down_revision = '0005'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('folders',
    sa.Column('id', sa.String(length=36), nullable=False),
    sa.Column('parent_id', sa.String(length=36), nullable=True),
    sa.Column('name', sa.String(length=100), nullable=False),
    sa.Column('path', sa.String(length=500), nullable=False),
    sa.Column('created_by', sa.String(length=100), nullable=False),
    sa.Column('created_at', sa.DateTime().with_variant(mysql.DATETIME(fsp=6), "mysql", "mariadb"), nullable=False),
    sa.ForeignKeyConstraint(['parent_id'], ['folders.id'], name=op.f('fk_folders_parent_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_folders')),
    sa.UniqueConstraint('path', name=op.f('uq_folders_path')),
    mysql_charset='utf8mb4',
    mysql_collate='utf8mb4_bin',
    mysql_engine='InnoDB'
    )
    with op.batch_alter_table('folders', schema=None) as batch_op:
        batch_op.create_index('ix_folders_parent_id', ['parent_id'], unique=False)

    op.create_table('hook_deliveries',
    sa.Column('id', sa.String(length=64), nullable=False),
    sa.Column('repository', sa.String(length=300), nullable=False),
    sa.Column('event', sa.String(length=40), nullable=False),
    sa.Column('delivery', sa.String(length=100), nullable=False),
    sa.Column('outcome', sa.JSON(), nullable=False),
    sa.Column('replayed', sa.Boolean(), server_default=sa.text('0'), nullable=False),
    sa.Column('received_at', sa.DateTime().with_variant(mysql.DATETIME(fsp=6), "mysql", "mariadb"), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_hook_deliveries')),
    mysql_charset='utf8mb4',
    mysql_collate='utf8mb4_bin',
    mysql_engine='InnoDB'
    )
    with op.batch_alter_table('hook_deliveries', schema=None) as batch_op:
        batch_op.create_index('ix_hook_deliveries_received_at', ['received_at'], unique=False)
        batch_op.create_index('ix_hook_deliveries_repository_received_at', ['repository', 'received_at'], unique=False)

    op.create_table('named_leases',
    sa.Column('name', sa.String(length=60), nullable=False),
    sa.Column('owner', sa.String(length=36), nullable=True),
    sa.Column('until', sa.DateTime().with_variant(mysql.DATETIME(fsp=6), "mysql", "mariadb"), nullable=False),
    sa.PrimaryKeyConstraint('name', name=op.f('pk_named_leases')),
    mysql_charset='utf8mb4',
    mysql_collate='utf8mb4_bin',
    mysql_engine='InnoDB'
    )
    op.create_table('search_documents',
    sa.Column('kind', sa.String(length=10), nullable=False),
    sa.Column('subject_id', sa.String(length=100), nullable=False),
    sa.Column('body', sa.JSON(), nullable=False),
    sa.Column('reading', sa.String(length=500), nullable=True),
    sa.Column('id', sa.String(length=36), nullable=False),
    sa.Column('state', sa.String(length=10), nullable=False),
    sa.Column('tries', sa.Integer(), nullable=False),
    sa.Column('next_at', sa.DateTime().with_variant(mysql.DATETIME(fsp=6), "mysql", "mariadb"), nullable=False),
    sa.Column('lease_until', sa.DateTime().with_variant(mysql.DATETIME(fsp=6), "mysql", "mariadb"), nullable=True),
    sa.Column('lease_owner', sa.String(length=36), nullable=True),
    sa.Column('created_at', sa.DateTime().with_variant(mysql.DATETIME(fsp=6), "mysql", "mariadb"), nullable=False),
    sa.Column('finished_at', sa.DateTime().with_variant(mysql.DATETIME(fsp=6), "mysql", "mariadb"), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_search_documents')),
    mysql_charset='utf8mb4',
    mysql_collate='utf8mb4_bin',
    mysql_engine='InnoDB'
    )
    with op.batch_alter_table('search_documents', schema=None) as batch_op:
        batch_op.create_index('ix_search_documents_state_next_at', ['state', 'next_at'], unique=False)

    op.create_table('chat_accounts',
    sa.Column('id', sa.String(length=36), nullable=False),
    sa.Column('user_id', sa.String(length=36), nullable=False),
    sa.Column('network', sa.String(length=200), nullable=False),
    sa.Column('account', sa.String(length=200), nullable=False),
    sa.Column('bound_at', sa.DateTime().with_variant(mysql.DATETIME(fsp=6), "mysql", "mariadb"), nullable=False),
    sa.Column('used_at', sa.DateTime().with_variant(mysql.DATETIME(fsp=6), "mysql", "mariadb"), nullable=True),
    sa.ForeignKeyConstraint(['user_id'], ['users.id'], name=op.f('fk_chat_accounts_user_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_chat_accounts')),
    sa.UniqueConstraint('network', 'account', name=op.f('uq_chat_accounts_network_account')),
    mysql_charset='utf8mb4',
    mysql_collate='utf8mb4_bin',
    mysql_engine='InnoDB'
    )
    with op.batch_alter_table('chat_accounts', schema=None) as batch_op:
        batch_op.create_index('ix_chat_accounts_user_id', ['user_id'], unique=False)

    op.create_table('chat_codes',
    sa.Column('id', sa.String(length=64), nullable=False),
    sa.Column('user_id', sa.String(length=36), nullable=False),
    sa.Column('expires_at', sa.DateTime().with_variant(mysql.DATETIME(fsp=6), "mysql", "mariadb"), nullable=False),
    sa.ForeignKeyConstraint(['user_id'], ['users.id'], name=op.f('fk_chat_codes_user_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_chat_codes')),
    mysql_charset='utf8mb4',
    mysql_collate='utf8mb4_bin',
    mysql_engine='InnoDB'
    )
    with op.batch_alter_table('chat_codes', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_chat_codes_expires_at'), ['expires_at'], unique=False)

    op.create_table('jobs',
    sa.Column('id', sa.String(length=36), nullable=False),
    sa.Column('project_id', sa.String(length=36), nullable=False),
    sa.Column('folder_id', sa.String(length=36), nullable=True),
    sa.Column('name', sa.String(length=140), nullable=False),
    sa.Column('path', sa.String(length=500), nullable=False),
    sa.Column('title', sa.String(length=200), server_default='', nullable=False),
    sa.Column('kind', sa.String(length=12), nullable=False),
    sa.Column('definition_id', sa.String(length=36), nullable=True),
    sa.Column('file', sa.String(length=300), nullable=True),
    sa.Column('ref', sa.String(length=255), nullable=True),
    sa.Column('checkout', sa.Boolean(), server_default=sa.text('1'), nullable=False),
    sa.Column('enabled', sa.Boolean(), server_default=sa.text('1'), nullable=False),
    sa.Column('copied_from', sa.String(length=36), nullable=True),
    sa.Column('pull', sa.JSON(), nullable=True),
    sa.Column('created_by', sa.String(length=100), nullable=False),
    sa.Column('created_at', sa.DateTime().with_variant(mysql.DATETIME(fsp=6), "mysql", "mariadb"), nullable=False),
    sa.Column('changed_at', sa.DateTime().with_variant(mysql.DATETIME(fsp=6), "mysql", "mariadb"), nullable=False),
    sa.Column('closed_at', sa.DateTime().with_variant(mysql.DATETIME(fsp=6), "mysql", "mariadb"), nullable=True),
    sa.Column('deleted_at', sa.DateTime().with_variant(mysql.DATETIME(fsp=6), "mysql", "mariadb"), nullable=True),
    sa.ForeignKeyConstraint(['copied_from'], ['jobs.id'], name=op.f('fk_jobs_copied_from')),
    sa.ForeignKeyConstraint(['folder_id'], ['folders.id'], name=op.f('fk_jobs_folder_id')),
    sa.ForeignKeyConstraint(['project_id'], ['projects.id'], name=op.f('fk_jobs_project_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_jobs')),
    sa.UniqueConstraint('path', name=op.f('uq_jobs_path')),
    mysql_charset='utf8mb4',
    mysql_collate='utf8mb4_bin',
    mysql_engine='InnoDB'
    )
    with op.batch_alter_table('jobs', schema=None) as batch_op:
        batch_op.create_index('ix_jobs_copied_from', ['copied_from'], unique=False)
        batch_op.create_index('ix_jobs_folder_id', ['folder_id'], unique=False)
        batch_op.create_index('ix_jobs_project_id', ['project_id'], unique=False)

    op.create_table('notification_rules',
    sa.Column('id', sa.String(length=36), nullable=False),
    sa.Column('project_id', sa.String(length=36), nullable=True),
    sa.Column('user_id', sa.String(length=36), nullable=True),
    sa.Column('channel', sa.String(length=20), nullable=False),
    sa.Column('destination', sa.JSON(), nullable=False),
    sa.Column('secret', sa.String(length=4000), nullable=True),
    sa.Column('events', sa.JSON(), nullable=False),
    sa.Column('scope', sa.JSON(), nullable=False),
    sa.Column('enabled', sa.Boolean(), server_default=sa.text('1'), nullable=False),
    sa.Column('last', sa.JSON(), nullable=True),
    sa.Column('created_by', sa.String(length=100), nullable=False),
    sa.Column('created_at', sa.DateTime().with_variant(mysql.DATETIME(fsp=6), "mysql", "mariadb"), nullable=False),
    sa.ForeignKeyConstraint(['project_id'], ['projects.id'], name=op.f('fk_notification_rules_project_id')),
    sa.ForeignKeyConstraint(['user_id'], ['users.id'], name=op.f('fk_notification_rules_user_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_notification_rules')),
    mysql_charset='utf8mb4',
    mysql_collate='utf8mb4_bin',
    mysql_engine='InnoDB'
    )
    with op.batch_alter_table('notification_rules', schema=None) as batch_op:
        batch_op.create_index('ix_notification_rules_project_id', ['project_id'], unique=False)
        batch_op.create_index('ix_notification_rules_user_id', ['user_id'], unique=False)

    op.create_table('job_definitions',
    sa.Column('id', sa.String(length=36), nullable=False),
    sa.Column('job_id', sa.String(length=36), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('format', sa.String(length=12), nullable=False),
    sa.Column('text', sa.Text().with_variant(mysql.MEDIUMTEXT(), "mysql", "mariadb"), nullable=False),
    sa.Column('created_by', sa.String(length=100), nullable=False),
    sa.Column('created_at', sa.DateTime().with_variant(mysql.DATETIME(fsp=6), "mysql", "mariadb"), nullable=False),
    sa.ForeignKeyConstraint(['job_id'], ['jobs.id'], name=op.f('fk_job_definitions_job_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_job_definitions')),
    sa.UniqueConstraint('job_id', 'number', name=op.f('uq_job_definitions_job_id_number')),
    mysql_charset='utf8mb4',
    mysql_collate='utf8mb4_bin',
    mysql_engine='InnoDB'
    )
    op.create_table('notifications',
    sa.Column('rule_id', sa.String(length=36), nullable=False),
    sa.Column('body', sa.JSON(), nullable=False),
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
    sa.ForeignKeyConstraint(['rule_id'], ['notification_rules.id'], name=op.f('fk_notifications_rule_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_notifications')),
    mysql_charset='utf8mb4',
    mysql_collate='utf8mb4_bin',
    mysql_engine='InnoDB'
    )
    with op.batch_alter_table('notifications', schema=None) as batch_op:
        batch_op.create_index('ix_notifications_rule_id_id', ['rule_id', 'id'], unique=False)
        batch_op.create_index('ix_notifications_state_next_at', ['state', 'next_at'], unique=False)

    op.create_table('repository_links',
    sa.Column('id', sa.String(length=36), nullable=False),
    sa.Column('repository', sa.String(length=300), nullable=False),
    sa.Column('kind', sa.String(length=12), nullable=False),
    sa.Column('job_id', sa.String(length=36), nullable=False),
    sa.Column('created_by', sa.String(length=100), nullable=False),
    sa.Column('created_at', sa.DateTime().with_variant(mysql.DATETIME(fsp=6), "mysql", "mariadb"), nullable=False),
    sa.ForeignKeyConstraint(['job_id'], ['jobs.id'], name=op.f('fk_repository_links_job_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_repository_links')),
    sa.UniqueConstraint('repository', 'kind', name=op.f('uq_repository_links_repository_kind')),
    mysql_charset='utf8mb4',
    mysql_collate='utf8mb4_bin',
    mysql_engine='InnoDB'
    )
    with op.batch_alter_table('repository_links', schema=None) as batch_op:
        batch_op.create_index('ix_repository_links_job_id', ['job_id'], unique=False)

    op.create_table('triggers',
    sa.Column('id', sa.String(length=36), nullable=False),
    sa.Column('job_id', sa.String(length=36), nullable=False),
    sa.Column('kind', sa.String(length=10), nullable=False),
    sa.Column('config', sa.JSON(), nullable=False),
    sa.Column('parameters', sa.JSON(), nullable=False),
    sa.Column('enabled', sa.Boolean(), server_default=sa.text('1'), nullable=False),
    sa.Column('secret', sa.String(length=500), nullable=True),
    sa.Column('seen', sa.JSON(), nullable=True),
    sa.Column('last', sa.JSON(), nullable=True),
    sa.Column('next_at', sa.DateTime().with_variant(mysql.DATETIME(fsp=6), "mysql", "mariadb"), nullable=True),
    sa.Column('created_by', sa.String(length=100), nullable=False),
    sa.Column('created_at', sa.DateTime().with_variant(mysql.DATETIME(fsp=6), "mysql", "mariadb"), nullable=False),
    sa.ForeignKeyConstraint(['job_id'], ['jobs.id'], name=op.f('fk_triggers_job_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_triggers')),
    mysql_charset='utf8mb4',
    mysql_collate='utf8mb4_bin',
    mysql_engine='InnoDB'
    )
    with op.batch_alter_table('triggers', schema=None) as batch_op:
        batch_op.create_index('ix_triggers_job_id', ['job_id'], unique=False)
        batch_op.create_index('ix_triggers_next_at', ['next_at'], unique=False)

    op.create_table('build_statuses',
    sa.Column('build_id', sa.String(length=36), nullable=False),
    sa.Column('reading', sa.String(length=500), nullable=True),
    sa.Column('id', sa.String(length=36), nullable=False),
    sa.Column('state', sa.String(length=10), nullable=False),
    sa.Column('tries', sa.Integer(), nullable=False),
    sa.Column('next_at', sa.DateTime().with_variant(mysql.DATETIME(fsp=6), "mysql", "mariadb"), nullable=False),
    sa.Column('lease_until', sa.DateTime().with_variant(mysql.DATETIME(fsp=6), "mysql", "mariadb"), nullable=True),
    sa.Column('lease_owner', sa.String(length=36), nullable=True),
    sa.Column('created_at', sa.DateTime().with_variant(mysql.DATETIME(fsp=6), "mysql", "mariadb"), nullable=False),
    sa.Column('finished_at', sa.DateTime().with_variant(mysql.DATETIME(fsp=6), "mysql", "mariadb"), nullable=True),
    sa.ForeignKeyConstraint(['build_id'], ['builds.id'], name=op.f('fk_build_statuses_build_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_build_statuses')),
    mysql_charset='utf8mb4',
    mysql_collate='utf8mb4_bin',
    mysql_engine='InnoDB'
    )
    with op.batch_alter_table('build_statuses', schema=None) as batch_op:
        batch_op.create_index('ix_build_statuses_build_id', ['build_id'], unique=False)
        batch_op.create_index('ix_build_statuses_state_next_at', ['state', 'next_at'], unique=False)

    op.create_table('deployments',
    sa.Column('id', sa.String(length=36), nullable=False),
    sa.Column('user_id', sa.String(length=200), nullable=False),
    sa.Column('deployment_id', sa.String(length=200), nullable=False),
    sa.Column('build_id', sa.String(length=36), nullable=False),
    sa.Column('created_at', sa.DateTime().with_variant(mysql.DATETIME(fsp=6), "mysql", "mariadb"), nullable=False),
    sa.ForeignKeyConstraint(['build_id'], ['builds.id'], name=op.f('fk_deployments_build_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_deployments')),
    sa.UniqueConstraint('user_id', 'deployment_id', name=op.f('uq_deployments_user_id_deployment_id')),
    mysql_charset='utf8mb4',
    mysql_collate='utf8mb4_bin',
    mysql_engine='InnoDB'
    )
    with op.batch_alter_table('builds', schema=None) as batch_op:
        batch_op.add_column(sa.Column('job_id', sa.String(length=36), nullable=True))
        batch_op.add_column(sa.Column('definition_id', sa.String(length=36), nullable=True))
        batch_op.add_column(sa.Column('approval', sa.String(length=8), nullable=True))
        batch_op.add_column(sa.Column('approved_by', sa.String(length=100), nullable=True))
        batch_op.alter_column('folder',
               existing_type=sa.VARCHAR(length=255),
               type_=sa.String(length=700),
               existing_nullable=False)
        batch_op.create_index('ix_builds_folder', ['folder'], unique=False)
        batch_op.create_index('ix_builds_job_id_id', ['job_id', 'id'], unique=False)
        batch_op.create_foreign_key(batch_op.f('fk_builds_job_id'), 'jobs', ['job_id'], ['id'])
        batch_op.create_foreign_key(batch_op.f('fk_builds_definition_id'), 'job_definitions', ['definition_id'], ['id'])

    with op.batch_alter_table('projects', schema=None) as batch_op:
        batch_op.add_column(sa.Column('repository_key', sa.String(length=300), nullable=True))
        batch_op.add_column(sa.Column('badge_version', sa.Integer(), server_default='1', nullable=False))
        batch_op.create_index(batch_op.f('ix_projects_repository_key'), ['repository_key'], unique=False)

    _name_repositories()



def _name_repositories() -> None:
    """Host and path of each project's repository, as the present version writes them when a project is saved."""
    projects = sa.table("projects", sa.column("id"), sa.column("hosted"), sa.column("repository_url"), sa.column("repository_key"))
    bind = op.get_bind()
    elsewhere = sa.select(projects.c.id, projects.c.repository_url).where(projects.c.hosted == sa.false())
    for project_id, url in bind.execute(elsewhere).all():
        found = re.fullmatch(r"(?:[a-z+]+://)?(?:[^@/]*@)?(?:www\.)?([\w.-]+)(?::\d+(?=/))?[:/]+(.+?)(?:\.git)?/*", url.strip())
        key = f"{found[1]}/{found[2]}".lower()[:300] if found else None
        bind.execute(projects.update().where(projects.c.id == project_id).values(repository_key=key))


def downgrade() -> None:
    with op.batch_alter_table('projects', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_projects_repository_key'))
        batch_op.drop_column('badge_version')
        batch_op.drop_column('repository_key')

    with op.batch_alter_table('builds', schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f('fk_builds_definition_id'), type_='foreignkey')
        batch_op.drop_constraint(batch_op.f('fk_builds_job_id'), type_='foreignkey')
        batch_op.drop_index('ix_builds_job_id_id')
        batch_op.drop_index('ix_builds_folder')
        batch_op.alter_column('folder',
               existing_type=sa.String(length=700),
               type_=sa.VARCHAR(length=255),
               existing_nullable=False)
        batch_op.drop_column('approved_by')
        batch_op.drop_column('approval')
        batch_op.drop_column('definition_id')
        batch_op.drop_column('job_id')

    op.drop_table('deployments')
    op.drop_table('build_statuses')
    op.drop_table('triggers')
    op.drop_table('repository_links')
    op.drop_table('notifications')
    op.drop_table('job_definitions')
    op.drop_table('notification_rules')
    op.drop_table('jobs')
    op.drop_table('chat_codes')
    op.drop_table('chat_accounts')
    op.drop_table('search_documents')
    op.drop_table('named_leases')
    op.drop_table('hook_deliveries')
    op.drop_table('folders')
