"""Own agents run every kind of pipeline: jobs of a run spread over agents, needs, caches, secrets, private repositories.

Revision: 0005, after 0004.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import mysql

revision = '0005'
down_revision = '0004'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('build_caches',
    sa.Column('id', sa.String(length=36), nullable=False),
    sa.Column('project_id', sa.String(length=36), nullable=False),
    sa.Column('key', sa.String(length=300), nullable=False),
    sa.Column('size', sa.BigInteger(), nullable=False),
    sa.Column('sha256', sa.String(length=64), nullable=False),
    sa.Column('build_id', sa.String(length=36), nullable=False),
    sa.Column('created_at', sa.DateTime().with_variant(mysql.DATETIME(fsp=6), "mysql", "mariadb"), nullable=False),
    sa.Column('used_at', sa.DateTime().with_variant(mysql.DATETIME(fsp=6), "mysql", "mariadb"), nullable=False),
    sa.ForeignKeyConstraint(['project_id'], ['projects.id'], name=op.f('fk_build_caches_project_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_build_caches')),
    sa.UniqueConstraint('project_id', 'key', name=op.f('uq_build_caches_project_id_key')),
    mysql_charset='utf8mb4',
    mysql_collate='utf8mb4_bin',
    mysql_engine='InnoDB'
    )
    with op.batch_alter_table('build_caches', schema=None) as batch_op:
        batch_op.create_index('ix_build_caches_project_id_created_at', ['project_id', 'created_at'], unique=False)
        batch_op.create_index('ix_build_caches_used_at', ['used_at'], unique=False)

    op.create_table('project_secrets',
    sa.Column('id', sa.String(length=36), nullable=False),
    sa.Column('project_id', sa.String(length=36), nullable=False),
    sa.Column('name', sa.String(length=100), nullable=False),
    sa.Column('value', sa.Text(), nullable=False),
    sa.Column('changed_by', sa.String(length=100), nullable=False),
    sa.Column('created_at', sa.DateTime().with_variant(mysql.DATETIME(fsp=6), "mysql", "mariadb"), nullable=False),
    sa.Column('changed_at', sa.DateTime().with_variant(mysql.DATETIME(fsp=6), "mysql", "mariadb"), nullable=False),
    sa.Column('used_at', sa.DateTime().with_variant(mysql.DATETIME(fsp=6), "mysql", "mariadb"), nullable=True),
    sa.ForeignKeyConstraint(['project_id'], ['projects.id'], name=op.f('fk_project_secrets_project_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_project_secrets')),
    sa.UniqueConstraint('project_id', 'name', name=op.f('uq_project_secrets_project_id_name')),
    mysql_charset='utf8mb4',
    mysql_collate='utf8mb4_bin',
    mysql_engine='InnoDB'
    )
    with op.batch_alter_table('build_steps', schema=None) as batch_op:
        batch_op.add_column(sa.Column('hook', sa.String(length=12), nullable=True))
        batch_op.add_column(sa.Column('ignored', sa.Boolean(), server_default=sa.text('0'), nullable=False))

    with op.batch_alter_table('builds', schema=None) as batch_op:
        batch_op.add_column(sa.Column('job', sa.String(length=100), server_default='', nullable=False))
        batch_op.add_column(sa.Column('parent_id', sa.String(length=36), nullable=True))
        batch_op.add_column(sa.Column('plan', sa.JSON(), nullable=True))
        batch_op.add_column(sa.Column('definition', sa.JSON(), nullable=True))
        batch_op.add_column(sa.Column('needs', sa.JSON(), nullable=True))
        batch_op.add_column(sa.Column('priority', sa.Integer(), server_default='0', nullable=False))
        batch_op.add_column(sa.Column('trusted', sa.Boolean(), server_default=sa.text('1'), nullable=False))
        batch_op.add_column(sa.Column('rerun_of', sa.String(length=36), nullable=True))
        batch_op.add_column(sa.Column('expired_at', sa.DateTime().with_variant(mysql.DATETIME(fsp=6), "mysql", "mariadb"), nullable=True))
        # the new one first: MariaDB drops no index that a foreign key needs
        batch_op.create_unique_constraint(batch_op.f('uq_builds_project_id_number_job'), ['project_id', 'number', 'job'])
        batch_op.drop_constraint(batch_op.f('uq_builds_project_id_number'), type_='unique')
        batch_op.create_index('ix_builds_expired_at_finished_at', ['expired_at', 'finished_at'], unique=False)
        batch_op.create_index('ix_builds_parent_id', ['parent_id'], unique=False)
        batch_op.create_index('ix_builds_project_id_started_at', ['project_id', 'started_at'], unique=False)

    with op.batch_alter_table('projects', schema=None) as batch_op:
        batch_op.add_column(sa.Column('repository_access', sa.JSON(), nullable=True))
        batch_op.add_column(sa.Column('repository_secrets', sa.JSON(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table('projects', schema=None) as batch_op:
        batch_op.drop_column('repository_secrets')
        batch_op.drop_column('repository_access')

    with op.batch_alter_table('builds', schema=None) as batch_op:
        batch_op.create_unique_constraint(batch_op.f('uq_builds_project_id_number'), ['project_id', 'number'])
        batch_op.drop_constraint(batch_op.f('uq_builds_project_id_number_job'), type_='unique')
        batch_op.drop_index('ix_builds_project_id_started_at')
        batch_op.drop_index('ix_builds_parent_id')
        batch_op.drop_index('ix_builds_expired_at_finished_at')
        batch_op.drop_column('expired_at')
        batch_op.drop_column('rerun_of')
        batch_op.drop_column('trusted')
        batch_op.drop_column('priority')
        batch_op.drop_column('needs')
        batch_op.drop_column('definition')
        batch_op.drop_column('plan')
        batch_op.drop_column('parent_id')
        batch_op.drop_column('job')

    with op.batch_alter_table('build_steps', schema=None) as batch_op:
        batch_op.drop_column('ignored')
        batch_op.drop_column('hook')

    op.drop_table('project_secrets')
    with op.batch_alter_table('build_caches', schema=None) as batch_op:
        batch_op.drop_index('ix_build_caches_used_at')
        batch_op.drop_index('ix_build_caches_project_id_created_at')

    op.drop_table('build_caches')
