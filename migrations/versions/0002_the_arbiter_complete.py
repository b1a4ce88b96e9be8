"""The arbiter complete: reruns with frozen inputs, lanes, causes, the audit log, and what searches look for.

Revision: 0002, after 0001.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import mysql

revision = '0002'
down_revision = '0001'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('audit',
    sa.Column('id', sa.String(length=36), nullable=False),
    sa.Column('at', sa.DateTime().with_variant(mysql.DATETIME(fsp=6), "mysql", "mariadb"), nullable=False),
    sa.Column('actor_kind', sa.String(length=12), nullable=False),
    sa.Column('actor_id', sa.String(length=36), nullable=False),
    sa.Column('actor_name', sa.String(length=140), nullable=False),
    sa.Column('action', sa.String(length=40), nullable=False),
    sa.Column('object_kind', sa.String(length=20), nullable=False),
    sa.Column('object_id', sa.String(length=36), nullable=False),
    sa.Column('object_name', sa.String(length=300), nullable=False),
    sa.Column('before', sa.JSON(), nullable=True),
    sa.Column('after', sa.JSON(), nullable=True),
    sa.Column('address', sa.String(length=45), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_audit')),
    mysql_charset='utf8mb4',
    mysql_collate='utf8mb4_bin',
    mysql_engine='InnoDB'
    )
    with op.batch_alter_table('audit', schema=None) as batch_op:
        batch_op.create_index('ix_audit_action_id', ['action', 'id'], unique=False)
        batch_op.create_index('ix_audit_at', ['at'], unique=False)
        batch_op.create_index('ix_audit_actor_id_id', ['actor_id', 'id'], unique=False)
        batch_op.create_index('ix_audit_object_id_id', ['object_id', 'id'], unique=False)

    op.create_table('audit_projects',
    sa.Column('project_id', sa.String(length=36), nullable=False),
    sa.Column('audit_id', sa.String(length=36), nullable=False),
    sa.ForeignKeyConstraint(['audit_id'], ['audit.id'], name=op.f('fk_audit_projects_audit_id')),
    sa.PrimaryKeyConstraint('project_id', 'audit_id', name=op.f('pk_audit_projects')),
    mysql_charset='utf8mb4',
    mysql_collate='utf8mb4_bin',
    mysql_engine='InnoDB'
    )
    with op.batch_alter_table('attempts', schema=None) as batch_op:
        batch_op.add_column(sa.Column('inputs', sa.JSON(), nullable=True))
        batch_op.add_column(sa.Column('asked_by', sa.String(length=100), nullable=True))

    with op.batch_alter_table('build_artifacts', schema=None) as batch_op:
        batch_op.create_index('ix_build_artifacts_name_build_id', ['name', 'build_id'], unique=False)

    with op.batch_alter_table('builds', schema=None) as batch_op:
        batch_op.create_index('ix_builds_number_id', ['number', 'id'], unique=False)

    with op.batch_alter_table('deliveries', schema=None) as batch_op:
        batch_op.add_column(sa.Column('kind', sa.String(length=10), server_default='trigger', nullable=False))

    with op.batch_alter_table('dependencies', schema=None) as batch_op:
        batch_op.add_column(sa.Column('changed_at', sa.DateTime().with_variant(mysql.DATETIME(fsp=6), "mysql", "mariadb"), nullable=True))

    with op.batch_alter_table('events', schema=None) as batch_op:
        batch_op.add_column(sa.Column('repository_url', sa.String(length=2000), nullable=True))
        batch_op.create_index('ix_events_run_url', ['run_url'], unique=False, mysql_length={'run_url': 191})

    with op.batch_alter_table('outbox', schema=None) as batch_op:
        batch_op.add_column(sa.Column('params', sa.JSON(), nullable=True))

    with op.batch_alter_table('projects', schema=None) as batch_op:
        batch_op.add_column(sa.Column('enabled', sa.Boolean(), server_default=sa.text('1'), nullable=False))
        batch_op.add_column(sa.Column('shows_starts', sa.Boolean(), server_default=sa.text('0'), nullable=False))

    with op.batch_alter_table('reports', schema=None) as batch_op:
        batch_op.create_index('ix_reports_project_id_id', ['project_id', 'id'], unique=False)

    with op.batch_alter_table('results', schema=None) as batch_op:
        batch_op.add_column(sa.Column('commit', sa.String(length=64), nullable=True))
        batch_op.create_index('ix_results_commit', ['commit'], unique=False)

    with op.batch_alter_table('trees', schema=None) as batch_op:
        batch_op.add_column(sa.Column('root_commit', sa.String(length=64), nullable=True))
        batch_op.add_column(sa.Column('lane', sa.String(length=300), server_default='', nullable=False))
        batch_op.add_column(sa.Column('held', sa.Boolean(), server_default=sa.text('0'), nullable=False))
        batch_op.add_column(sa.Column('depth', sa.Integer(), server_default='1', nullable=False))
        batch_op.add_column(sa.Column('cause_tree_id', sa.String(length=36), nullable=True))
        batch_op.add_column(sa.Column('cause_sub_id', sa.String(length=600), nullable=True))
        batch_op.create_index('ix_trees_cause_tree_id', ['cause_tree_id'], unique=False)
        batch_op.create_index('ix_trees_lane_id', ['lane', 'id'], unique=False)
        batch_op.create_index('ix_trees_root_commit', ['root_commit'], unique=False)
        batch_op.create_index('ix_trees_root_project_id_lane_state', ['root_project_id', 'lane', 'state'], unique=False)

    _fill()



def downgrade() -> None:
    with op.batch_alter_table('trees', schema=None) as batch_op:
        batch_op.drop_index('ix_trees_root_project_id_lane_state')
        batch_op.drop_index('ix_trees_root_commit')
        batch_op.drop_index('ix_trees_lane_id')
        batch_op.drop_index('ix_trees_cause_tree_id')
        batch_op.drop_column('cause_sub_id')
        batch_op.drop_column('cause_tree_id')
        batch_op.drop_column('depth')
        batch_op.drop_column('held')
        batch_op.drop_column('lane')
        batch_op.drop_column('root_commit')

    with op.batch_alter_table('results', schema=None) as batch_op:
        batch_op.drop_index('ix_results_commit')
        batch_op.drop_column('commit')

    with op.batch_alter_table('reports', schema=None) as batch_op:
        batch_op.drop_index('ix_reports_project_id_id')

    with op.batch_alter_table('projects', schema=None) as batch_op:
        batch_op.drop_column('shows_starts')
        batch_op.drop_column('enabled')

    with op.batch_alter_table('outbox', schema=None) as batch_op:
        batch_op.drop_column('params')

    with op.batch_alter_table('events', schema=None) as batch_op:
        batch_op.drop_index('ix_events_run_url', mysql_length={'run_url': 191})
        batch_op.drop_column('repository_url')

    with op.batch_alter_table('dependencies', schema=None) as batch_op:
        batch_op.drop_column('changed_at')

    with op.batch_alter_table('deliveries', schema=None) as batch_op:
        batch_op.drop_column('kind')

    with op.batch_alter_table('build_artifacts', schema=None) as batch_op:
        batch_op.drop_index('ix_build_artifacts_name_build_id')

    with op.batch_alter_table('builds', schema=None) as batch_op:
        batch_op.drop_index('ix_builds_number_id')

    with op.batch_alter_table('attempts', schema=None) as batch_op:
        batch_op.drop_column('asked_by')
        batch_op.drop_column('inputs')

    op.drop_table('audit_projects')
    op.drop_table('audit')


def _fill() -> None:
    """The new columns of rows that are there already, from what their JSON says."""
    if op.get_bind().dialect.name == "sqlite":
        field, joined = "json_extract({column}, '$.{name}')", "'{text}' || {value}"
    else:
        field, joined = "NULLIF(JSON_UNQUOTE(JSON_EXTRACT({column}, '$.{name}')), 'null')", "CONCAT('{text}', {value})"

    def root(name: str) -> str:
        return field.format(column="root_meta", name=name)

    branch = joined.format(text="refs/heads/", value=root("branch"))
    tag = joined.format(text="refs/tags/", value=root("tag"))
    op.execute(f"UPDATE trees SET root_commit = {root('commit')}, lane = COALESCE({branch}, {tag}, '')")
    op.execute(f"UPDATE results SET `commit` = {field.format(column='meta', name='commit')}")
