// The tables as models, for plain reads. What changes them is SQL, in the file of its verb.
import { DataTypes, type InferAttributes, type Model, type ModelStatic, type Sequelize } from "sequelize";

export interface CredentialRow extends Model<InferAttributes<CredentialRow>> {
  userId: string;
  email: string;
  passwordHash: string;
  passwordVersion: number;
  pendingName: string | null;
  pendingLanguage: string | null;
  disabledAt: Date | null;
  verifiedAt: Date | null;
  createdAt: Date;
  updatedAt: Date;
}

export interface SessionRow extends Model<InferAttributes<SessionRow>> {
  id: string;
  userId: string;
  version: number;
  createdAt: Date;
  lastUsedAt: Date;
  expiresAt: Date;
  endedAt: Date | null;
}

export interface AuthModels {
  Credential: ModelStatic<CredentialRow>;
  Session: ModelStatic<SessionRow>;
}

const options = { timestamps: false, underscored: true };
// Functions, because Sequelize writes the column's name into the object that it is given.
const text = () => ({ type: DataTypes.TEXT, allowNull: false });
const time = () => ({ type: DataTypes.DATE, allowNull: false });

export function defineAuthModels(sequelize: Sequelize): AuthModels {
  const Credential = sequelize.define<CredentialRow>(
    "Credential",
    {
      userId: { type: DataTypes.UUID, primaryKey: true },
      email: text(),
      passwordHash: text(),
      passwordVersion: { type: DataTypes.INTEGER, allowNull: false },
      pendingName: DataTypes.TEXT,
      pendingLanguage: DataTypes.TEXT,
      disabledAt: DataTypes.DATE,
      verifiedAt: DataTypes.DATE,
      createdAt: time(),
      updatedAt: time(),
    },
    { ...options, tableName: "credentials" },
  );
  const Session = sequelize.define<SessionRow>(
    "Session",
    {
      id: { type: DataTypes.UUID, primaryKey: true },
      userId: { type: DataTypes.UUID, allowNull: false },
      version: { type: DataTypes.INTEGER, allowNull: false },
      createdAt: time(),
      lastUsedAt: time(),
      expiresAt: time(),
      endedAt: DataTypes.DATE,
    },
    { ...options, tableName: "sessions" },
  );
  return { Credential, Session };
}
