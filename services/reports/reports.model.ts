// The table that holds every order once, as a model. What reads and changes it is SQL, in the file of its verb.
import { DataTypes, type InferAttributes, type Model, type ModelStatic, type Sequelize } from "sequelize";

export interface CountrySalesRow extends Model<InferAttributes<CountrySalesRow>> {
  day: string;
  currency: string;
  country: string;
  orders: string;
  units: string;
  amount: string;
}

export interface ReportsModels {
  CountrySales: ModelStatic<CountrySalesRow>;
}

export function defineReportsModels(sequelize: Sequelize): ReportsModels {
  const CountrySales = sequelize.define<CountrySalesRow>(
    "CountrySales",
    {
      day: { type: DataTypes.DATEONLY, primaryKey: true },
      currency: { type: DataTypes.TEXT, primaryKey: true },
      country: { type: DataTypes.TEXT, primaryKey: true },
      orders: { type: DataTypes.BIGINT, allowNull: false },
      units: { type: DataTypes.BIGINT, allowNull: false },
      amount: { type: DataTypes.BIGINT, allowNull: false },
    },
    { timestamps: false, underscored: true, tableName: "sales_by_country" },
  );
  return { CountrySales };
}
